/**
 * What the agent says to the person who runs the host: a few lines on stderr, because stdout belongs to the host. A host
 * whose stderr is closed must not notice.
 */
export function say(line: string): void {
  try {
    process.stderr.write(`tidemark: ${line}\n`);
  } catch {
    // Nobody reads it; there is nothing else to tell it to.
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
