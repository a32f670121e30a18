/** Where every 1.x copy of OpenTelemetry's API keeps what a host registered. */
const apiKey = Symbol.for('opentelemetry.js.api.1');
/** What OpenTelemetry's own exporters put into the context, so that their requests make no spans. */
const suppressKey = Symbol.for('OpenTelemetry SDK Context Key SUPPRESS_TRACING');

interface RegisteredApi {
  readonly metrics?: unknown;
  readonly context?: {
    active(): { setValue(key: symbol, value: unknown): unknown };
    with<T>(context: unknown, run: () => T): T;
  };
}

export function hostOpenTelemetry(): RegisteredApi | undefined {
  return (globalThis as { [key: symbol]: unknown })[apiKey] as RegisteredApi | undefined;
}

/** Runs something of ours so that a host's tracing takes no notice: our reports are not the host's traffic. */
export function untraced<T>(run: () => T): T {
  const context = hostOpenTelemetry()?.context;
  return context === undefined ? run() : context.with(context.active().setValue(suppressKey, true), run);
}
