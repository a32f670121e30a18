import module from 'node:module';

/** What to say where Node is too old to attach: it has no hooks for imports and requires alike. Undefined where it is not. */
export function nodeTooOld(): string | undefined {
  if (typeof module.registerHooks === 'function') return undefined;
  return (
    `not attached: Node ${process.version} cannot attach, it needs 22.15 or later, or 24; ` +
    'the consumer goes on unobserved'
  );
}
