package tidemark;

import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.state.WindowStore;

/**
 * A windowed count with grace, as its owner would write it: Tidemark is not in it. It says each second, and once more when it
 * is asked to end, how many records Kafka Streams itself counted as dropped.
 *
 *     WindowedCount BROKERS APPLICATION_ID TOPIC WINDOW_MS GRACE_MS COMMIT_MS STATE_FOLDER
 */
public final class WindowedCount {
  public static void main(String[] args) throws InterruptedException {
    Properties config = new Properties();
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, args[5]);
    config.put(StreamsConfig.STATE_DIR_CONFIG, args[6]);
    config.put("auto.offset.reset", "earliest");
    // Kafka Streams does not leave its group when it ends: after a restart it waits this long for the one before.
    config.put("session.timeout.ms", "6000");
    config.put("heartbeat.interval.ms", "2000");

    StreamsBuilder builder = new StreamsBuilder();
    Duration window = Duration.ofMillis(Long.parseLong(args[3]));
    Duration grace = Duration.ofMillis(Long.parseLong(args[4]));
    builder.stream(args[2], Consumed.with(Serdes.Bytes(), Serdes.Bytes()))
        .groupByKey(Grouped.with(Serdes.Bytes(), Serdes.Bytes()))
        .windowedBy(TimeWindows.ofSizeAndGrace(window, grace))
        .count(Materialized.<Bytes, Long, WindowStore<Bytes, byte[]>>as("counts").withLoggingDisabled());

    KafkaStreams streams = new KafkaStreams(builder.build(), config);
    CountDownLatch asked = new CountDownLatch(1);
    Runtime.getRuntime().addShutdownHook(new Thread(() -> {
      asked.countDown();
      say(streams);
      streams.close(Duration.ofSeconds(10));
    }));
    streams.start();
    while (!asked.await(1, TimeUnit.SECONDS)) say(streams);
  }

  private static void say(KafkaStreams streams) {
    System.out.printf("{\"atMs\":%d,\"state\":\"%s\",\"processed\":%d,\"dropped\":%d}%n", System.currentTimeMillis(),
        streams.state(), total(streams, "process-total", "stream-thread-metrics"),
        total(streams, "dropped-records-total", "stream-task-metrics"));
    System.out.flush();
  }

  /** Over all tasks or threads. */
  private static long total(KafkaStreams streams, String name, String group) {
    double sum = 0;
    for (Metric metric : streams.metrics().values()) {
      if (metric.metricName().name().equals(name) && metric.metricName().group().equals(group)) {
        sum += ((Number) metric.metricValue()).doubleValue();
      }
    }
    return (long) sum;
  }
}
