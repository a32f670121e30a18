package tidemark;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Repartitioned;
import org.apache.kafka.streams.kstream.TimeWindows;
import org.apache.kafka.streams.processor.api.ContextualFixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.state.WindowStore;

/**
 * Takes events by place and counts them by user: the user is the first word of the value. Between the two lies the topic
 * APPLICATION_ID-by-user-repartition. Each task has a thread of its own, so that one can be held while the others go on.
 *
 *     Shuffle BROKERS APPLICATION_ID TOPIC PARTITIONS COMMIT_MS
 *
 * It says "state NAME" and, as soon as it takes a record, "took AT TOPIC PARTITION OFFSET TIME VALUE". It is told on stdin
 * "hold TOPIC PARTITION": the task takes no further record there, which it affirms with "held TOPIC PARTITION", until "release TOPIC PARTITION". At the end of stdin it closes.
 */
public final class Shuffle {
  private static final Set<String> held = ConcurrentHashMap.newKeySet();

  public static void main(String[] args) throws Exception {
    int partitions = Integer.parseInt(args[3]);
    Properties config = new Properties();
    config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, args[0]);
    config.put(StreamsConfig.APPLICATION_ID_CONFIG, args[1]);
    config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, args[4]);
    config.put(StreamsConfig.STATE_DIR_CONFIG, System.getProperty("java.io.tmpdir"));
    config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2 * partitions);
    // Another group reads the repartition topic too: nothing there may be purged before it has.
    config.put(StreamsConfig.REPARTITION_PURGE_INTERVAL_MS_CONFIG, 600_000);
    config.put("auto.offset.reset", "earliest");

    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(args[2], Consumed.with(Serdes.String(), Serdes.String()))
        .processValues(Step::new)
        .selectKey((place, value) -> value.split(" ")[0])
        .repartition(Repartitioned.with(Serdes.String(), Serdes.String()).withName("by-user").withNumberOfPartitions(partitions))
        .processValues(Step::new)
        .groupByKey(Grouped.with(Serdes.String(), Serdes.String()))
        .windowedBy(TimeWindows.ofSizeWithNoGrace(Duration.ofSeconds(5)))
        .count(Materialized.<String, Long, WindowStore<Bytes, byte[]>>as("counts").withLoggingDisabled());
    try (KafkaStreams streams = new KafkaStreams(builder.build(), config)) {
      streams.setStateListener((now, before) -> say("state " + now));
      streams.start();
      BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String[] words = line.split(" ");
        if (words[0].equals("hold")) {
          held.add(words[1] + " " + words[2]);
          say("held " + words[1] + " " + words[2]);
        } else held.remove(words[1] + " " + words[2]);
      }
      held.clear();
    }
  }

  private static synchronized void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private static final class Step extends ContextualFixedKeyProcessor<String, String, String> {
    @Override
    public void process(FixedKeyRecord<String, String> record) {
      var at = context().recordMetadata().orElseThrow();
      while (held.contains(at.topic() + " " + at.partition())) pause();
      say("took " + System.currentTimeMillis() + " " + at.topic() + " " + at.partition() + " " + at.offset() + " " + record.timestamp() + " " + record.value());
      context().forward(record);
    }

    private static void pause() {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
