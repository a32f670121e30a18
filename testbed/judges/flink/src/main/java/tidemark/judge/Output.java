package tidemark.judge;

import org.apache.flink.runtime.event.WatermarkEvent;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.io.PushingAsyncDataInput.DataOutput;
import org.apache.flink.streaming.runtime.streamrecord.LatencyMarker;
import org.apache.flink.streaming.runtime.streamrecord.RecordAttributes;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;

/** Records, watermarks and idleness; the rest of what an output gets has no meaning here. */
abstract class Output<T> implements DataOutput<T> {
    @Override
    public void emitRecord(StreamRecord<T> record) throws Exception {}

    @Override
    public abstract void emitWatermark(Watermark watermark) throws Exception;

    @Override
    public abstract void emitWatermarkStatus(WatermarkStatus status) throws Exception;

    @Override
    public void emitLatencyMarker(LatencyMarker marker) {}

    @Override
    public void emitRecordAttributes(RecordAttributes attributes) {}

    @Override
    public void emitWatermark(WatermarkEvent watermark) {}
}
