package tidemark.judge;

import static tidemark.judge.Judge.fields;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.samza.metrics.MetricsRegistryMap;
import org.apache.samza.system.IncomingMessageEnvelope;
import org.apache.samza.system.SystemStreamPartition;
import org.apache.samza.system.chooser.MessageChooser;
import org.apache.samza.system.chooser.RoundRobinChooser;
import org.apache.samza.system.chooser.RoundRobinChooserMetrics;

/** Kind "chooser": messages become available, and a chooser is asked again and again. */
final class Cases {
    private final MessageChooser chooser;
    private final Map<SystemStreamPartition, Deque<IncomingMessageEnvelope>> waiting = new HashMap<>();
    private final Set<SystemStreamPartition> held = new HashSet<>();
    private final Map<SystemStreamPartition, Long> nextOffset = new HashMap<>();
    private List<Object> updates = new ArrayList<>();

    private Cases(JsonNode spec) {
        chooser = spec.path("chooser").asText().equals("roundRobin")
            ? new RoundRobinChooser(new RoundRobinChooserMetrics(new MetricsRegistryMap()))
            : Choosers.byDefault(spec);
        for (JsonNode stream : spec.path("streams")) {
            for (int partition = 0; partition < stream.path("partitions").asInt(); partition++) {
                SystemStreamPartition ssp = Choosers.ssp(stream.path("stream").asText(), partition);
                long start = stream.path("start").path(partition).asLong(0);
                nextOffset.put(ssp, start);
                waiting.put(ssp, new ArrayDeque<>());
                chooser.register(ssp, Long.toString(start));
            }
        }
        chooser.start();
    }

    static Object judge(JsonNode given) {
        return new Cases(given.path("spec")).play(given.path("script"));
    }

    private Map<String, Object> play(JsonNode script) {
        List<Object> steps = new ArrayList<>();
        int arrived = 0;
        SystemStreamPartition last = null;
        for (int choice = 0; choice < script.path("choices").asInt(); choice++) {
            updates = new ArrayList<>();
            if (last != null) offer(last);
            JsonNode arrivals = script.path("arrivals");
            for (; arrived < arrivals.size() && arrivals.path(arrived).path("at").asInt() <= choice; arrived++) {
                JsonNode at = arrivals.path(arrived).path("ssp");
                SystemStreamPartition ssp = Choosers.ssp(at.path(0).asText(), at.path(1).asInt());
                long offset = arrivals.path(arrived).path("offset").asLong(nextOffset.get(ssp));
                nextOffset.put(ssp, offset + 1);
                waiting.get(ssp).add(new IncomingMessageEnvelope(ssp, Long.toString(offset), null, "message"));
                offer(ssp);
            }
            IncomingMessageEnvelope chosen = chooser.choose();
            last = chosen == null ? null : chosen.getSystemStreamPartition();
            if (last != null) held.remove(last);
            steps.add(fields("choice", choice, "updates", updates, "chosen", chosen == null ? null : row(chosen)));
        }
        return fields("steps", steps);
    }

    /** The chooser holds at most one message per partition. */
    private void offer(SystemStreamPartition ssp) {
        if (held.contains(ssp) || waiting.get(ssp).isEmpty()) return;
        IncomingMessageEnvelope next = waiting.get(ssp).poll();
        held.add(ssp);
        updates.add(row(next));
        chooser.update(next);
    }

    private static List<Object> row(IncomingMessageEnvelope message) {
        SystemStreamPartition ssp = message.getSystemStreamPartition();
        return List.of(ssp.getStream(), ssp.getPartition().getPartitionId(), Long.parseLong(message.getOffset()));
    }
}
