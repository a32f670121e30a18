package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.samza.Partition;
import org.apache.samza.config.MapConfig;
import org.apache.samza.metrics.MetricsRegistryMap;
import org.apache.samza.system.SystemAdmin;
import org.apache.samza.system.SystemAdmins;
import org.apache.samza.system.SystemStream;
import org.apache.samza.system.SystemStreamMetadata;
import org.apache.samza.system.SystemStreamMetadata.SystemStreamPartitionMetadata;
import org.apache.samza.system.SystemStreamPartition;
import org.apache.samza.system.chooser.DefaultChooser;
import org.apache.samza.system.chooser.MessageChooser;
import org.apache.samza.system.chooser.RoundRobinChooserFactory;
import scala.Tuple2;

/** What DefaultChooser builds from a configuration, as a container does when it starts. */
final class Choosers {
    private static final String SYSTEM = "system";

    static SystemStreamPartition ssp(String stream, int partition) {
        return new SystemStreamPartition(SYSTEM, stream, new Partition(partition));
    }

    static MessageChooser byDefault(JsonNode spec) {
        Map<String, String> config = new HashMap<>();
        List<String> inputs = new ArrayList<>();
        scala.collection.immutable.Map<SystemStream, SystemStreamMetadata> metadata = scala.collection.immutable.Map$.MODULE$.empty();
        for (JsonNode stream : spec.path("streams")) {
            String name = stream.path("stream").asText();
            inputs.add(SYSTEM + "." + name);
            String prefix = "systems." + SYSTEM + ".streams." + name + ".samza.";
            if (stream.path("bootstrap").asBoolean()) config.put(prefix + "bootstrap", "true");
            if (stream.has("priority")) config.put(prefix + "priority", stream.path("priority").asText());
            metadata = metadata.$plus(new Tuple2<>(new SystemStream(SYSTEM, name), metadataOf(stream)));
        }
        config.put("task.inputs", String.join(",", inputs));
        if (spec.has("batchSize")) config.put("task.consumer.batch.size", spec.path("batchSize").asText());
        return DefaultChooser.apply(metadata, new RoundRobinChooserFactory(), new MapConfig(config), new MetricsRegistryMap(),
            new SystemAdmins(Map.of(SYSTEM, new Offsets())));
    }

    private static SystemStreamMetadata metadataOf(JsonNode stream) {
        Map<Partition, SystemStreamPartitionMetadata> partitions = new HashMap<>();
        for (int partition = 0; partition < stream.path("partitions").asInt(); partition++) {
            JsonNode newest = stream.path("newest").path(partition);
            String start = stream.path("start").path(partition).asText("0");
            String upcoming = newest.isNumber() ? Long.toString(newest.asLong() + 1) : start;
            partitions.put(new Partition(partition),
                new SystemStreamPartitionMetadata("0", newest.isNumber() ? newest.asText() : null, upcoming));
        }
        return new SystemStreamMetadata(stream.path("stream").asText(), partitions);
    }

    /** Offsets are numbers here; nobody asks for anything else. */
    private static final class Offsets implements SystemAdmin {
        @Override
        public Map<SystemStreamPartition, String> getOffsetsAfter(Map<SystemStreamPartition, String> offsets) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Map<String, SystemStreamMetadata> getSystemStreamMetadata(Set<String> streams) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Integer offsetComparator(String one, String other) {
            return Long.compare(Long.parseLong(one), Long.parseLong(other));
        }
    }
}
