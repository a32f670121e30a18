import { context, ROOT_CONTEXT } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { isTracingSuppressed } from '@opentelemetry/core';
import { expect, onTestFinished, test } from 'vitest';
import { untraced } from './untraced.ts';

test('without OpenTelemetry in the process it just runs', () => {
  expect(untraced(() => 5)).toBe(5);
});

test('in a host with OpenTelemetry, tracing is suppressed in what is ours and only there', () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  onTestFinished(() => context.disable());
  expect(untraced(() => isTracingSuppressed(context.active()))).toBe(true);
  expect(isTracingSuppressed(context.active())).toBe(false);
  expect(context.active()).toBe(ROOT_CONTEXT);
});
