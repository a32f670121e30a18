package tidemark.judge;

import static tidemark.judge.Judge.fields;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkOutputMultiplexer;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.TwoInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.StatusWatermarkValve;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.streaming.util.TwoInputStreamOperatorTestHarness;

/** Kinds "valve", "multiplexer", "twoInput": what comes out of several watermarks and their idleness. */
final class CombineCase {
    private List<Object> out = new ArrayList<>();

    /** One input of whatever combines them. */
    private interface Input {
        void watermark(long ms) throws Exception;

        void status(boolean idle) throws Exception;
    }

    static Map<String, Object> run(JsonNode given) throws Exception {
        return new CombineCase().play(given);
    }

    private Map<String, Object> play(JsonNode given) throws Exception {
        JsonNode spec = given.path("spec");
        List<Input> inputs = switch (given.path("kind").asText()) {
            case "valve" -> valve(spec.path("channels").asInt());
            case "multiplexer" -> multiplexer(spec.path("splits").asInt());
            default -> twoInputs();
        };
        List<Object> steps = new ArrayList<>();
        for (JsonNode op : given.path("ops")) {
            out = new ArrayList<>();
            Input input = inputs.get(op.path("channel").asInt());
            if (op.path("op").asText().equals("watermark")) input.watermark(op.path("watermark").asLong());
            else input.status(op.path("op").asText().equals("idle"));
            steps.add(fields("out", out));
        }
        return fields("steps", steps);
    }

    private void said(long watermark) {
        out.add(fields("watermark", watermark));
    }

    private void said(boolean idle) {
        out.add(fields("status", idle ? "idle" : "active"));
    }

    private List<Input> valve(int channels) {
        StatusWatermarkValve valve = new StatusWatermarkValve(channels);
        Output<Object> output = new Output<>() {
            @Override
            public void emitWatermark(org.apache.flink.streaming.api.watermark.Watermark watermark) {
                said(watermark.getTimestamp());
            }

            @Override
            public void emitWatermarkStatus(WatermarkStatus status) {
                said(status.isIdle());
            }
        };
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < channels; i++) {
            int channel = i;
            inputs.add(new Input() {
                @Override
                public void watermark(long ms) throws Exception {
                    valve.inputWatermark(new org.apache.flink.streaming.api.watermark.Watermark(ms), channel, output);
                }

                @Override
                public void status(boolean idle) throws Exception {
                    valve.inputWatermarkStatus(idle ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE, channel, output);
                }
            });
        }
        return inputs;
    }

    private List<Input> multiplexer(int splits) {
        WatermarkOutputMultiplexer multiplexer = new WatermarkOutputMultiplexer(new WatermarkOutput() {
            @Override
            public void emitWatermark(Watermark watermark) {
                said(watermark.getTimestamp());
            }

            @Override
            public void markIdle() {
                said(true);
            }

            @Override
            public void markActive() {
                said(false);
            }
        });
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < splits; i++) {
            String split = "split-" + i;
            multiplexer.registerNewOutput(split, new WatermarkOutputMultiplexer.WatermarkUpdateListener() {
                @Override
                public void onWatermarkUpdate(long watermark) {}

                @Override
                public void onIdleUpdate(boolean idle) {}
            });
            WatermarkOutput immediate = multiplexer.getImmediateOutput(split);
            inputs.add(new Input() {
                @Override
                public void watermark(long ms) {
                    immediate.emitWatermark(new Watermark(ms));
                }

                @Override
                public void status(boolean idle) {
                    if (idle) immediate.markIdle();
                    else immediate.markActive();
                }
            });
        }
        return inputs;
    }

    private List<Input> twoInputs() throws Exception {
        var harness = new TwoInputStreamOperatorTestHarness<>(new Nothing());
        harness.open();
        List<Input> inputs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            boolean first = i == 0;
            inputs.add(new Input() {
                @Override
                public void watermark(long ms) throws Exception {
                    var watermark = new org.apache.flink.streaming.api.watermark.Watermark(ms);
                    if (first) harness.processWatermark1(watermark);
                    else harness.processWatermark2(watermark);
                    drain();
                }

                @Override
                public void status(boolean idle) throws Exception {
                    WatermarkStatus status = idle ? WatermarkStatus.IDLE : WatermarkStatus.ACTIVE;
                    if (first) harness.processWatermarkStatus1(status);
                    else harness.processWatermarkStatus2(status);
                    drain();
                }

                private void drain() {
                    for (Object one = harness.getOutput().poll(); one != null; one = harness.getOutput().poll()) {
                        if (one instanceof org.apache.flink.streaming.api.watermark.Watermark watermark) said(watermark.getTimestamp());
                        if (one instanceof WatermarkStatus status) said(status.isIdle());
                    }
                }
            });
        }
        return inputs;
    }

    private static final class Nothing extends AbstractStreamOperator<String> implements TwoInputStreamOperator<String, String, String> {
        @Override
        public void processElement1(StreamRecord<String> record) {}

        @Override
        public void processElement2(StreamRecord<String> record) {}
    }
}
