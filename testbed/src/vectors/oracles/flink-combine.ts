import { dialects } from '@tidemark/core';
import { compare } from '../compare.ts';
import type { Mismatch } from '../mismatch.ts';
import { InputFault, integer, list, noOther, object, oneOf } from './read.ts';

type Output = dialects.flink.WatermarkOutput;
type Combine = (inputs: number, out: Output) => (input: number) => Output;

/** `flink`, kind `valve`: the channels of a task. */
export function judgeFlinkValve(content: Record<string, unknown>): Mismatch[] {
  return judgeCombine(content, 'channels', (channels, out) => {
    const valve = new dialects.flink.Valve(channels, out);
    return (channel) => valve.input(channel);
  });
}

/** `flink`, kind `multiplexer`: the splits of a source reader. */
export function judgeFlinkMultiplexer(content: Record<string, unknown>): Mismatch[] {
  return judgeCombine(content, 'splits', (splits, out) => {
    const multiplexer = new dialects.flink.Multiplexer(splits, out);
    return (split) => multiplexer.immediate(split);
  });
}

/** `flink`, kind `twoInput`: the inputs of an operator. */
export function judgeFlinkTwoInput(content: Record<string, unknown>): Mismatch[] {
  return judgeCombine(content, 'inputs', (inputs, out) => {
    const combined = new dialects.flink.CombinedInputs(inputs, out);
    return (input) => combined.input(input);
  });
}

function judgeCombine(content: Record<string, unknown>, counted: string, combine: Combine): Mismatch[] {
  const spec = object(content.spec, 'spec');
  noOther(spec, 'spec', [counted]);
  const count = integer(spec[counted], `spec.${counted}`, 1);
  let out: unknown[] = [];
  const inputOf = combine(count, {
    watermark: (watermark) => out.push({ watermark }),
    idle: () => out.push({ status: 'idle' }),
    active: () => out.push({ status: 'active' }),
  });
  const inputs = Array.from({ length: count }, (_, index) => inputOf(index));
  const steps = list(content.ops, 'ops').map((item, at) => {
    const where = `ops[${at}]`;
    const { op, channel, watermark } = object(item, where);
    const input = inputs[integer(channel, `${where}.channel`, 0)];
    if (input === undefined) throw new InputFault(`${where}.channel`, `a channel below ${count}`, channel);
    out = [];
    const kind = oneOf(op, `${where}.op`, ['watermark', 'idle', 'active']);
    if (kind === 'watermark') input.watermark(integer(watermark, `${where}.watermark`));
    else input[kind]();
    return { out };
  });
  return compare(content.expected, { steps }, 'expected', new Set());
}
