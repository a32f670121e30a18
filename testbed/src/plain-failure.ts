/**
 * Something outside went wrong that a person can cure. Its message is one line that says what, where and how to cure it;
 * it is shown alone, without a stack, because the stack would only say where we noticed.
 */
export class PlainFailure extends Error {
  override readonly name = 'PlainFailure';
}

/** The one line to show for anything that was thrown; a fault of our own keeps its stack. */
export function lineFor(error: unknown): string {
  if (error instanceof PlainFailure) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
