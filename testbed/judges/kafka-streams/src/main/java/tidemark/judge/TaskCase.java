package tidemark.judge;

import static tidemark.judge.Judge.fields;
import static tidemark.judge.WindowCase.zeroIfNone;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Kind "task": one task of several topics, fed by polls; after each it processes until it refuses. */
final class TaskCase {
    static Map<String, Object> run(JsonNode given) throws Exception {
        JsonNode spec = given.path("spec");
        JsonNode trace = given.path("trace");
        List<String> topics = new ArrayList<>();
        spec.path("topics").forEach(topic -> topics.add(topic.asText()));
        List<Object> order = new ArrayList<>();
        List<Object> polls = new ArrayList<>();
        Windows windows = new Windows();
        Map<String, Long> fetched = new HashMap<>();
        double told = 0;
        try (Task task = new Task(spec, topics, Task.Results.UPDATES, given.path("polls").path(0).path("wall").asLong())) {
            for (JsonNode poll : given.path("polls")) {
                task.advanceTo(poll.path("wall").asLong());
                for (String topic : topics) {
                    List<JsonNode> records = new ArrayList<>();
                    for (JsonNode i : poll.path("fetched").path(topic)) records.add(trace.path(i.asInt()));
                    long first = fetched.getOrDefault(topic, 0L);
                    if (!records.isEmpty()) task.add(topic, first, records);
                    fetched.put(topic, first + records.size());
                    task.setLag(topic, fetched.get(topic), poll.path("endOffsets").path(topic).asLong());
                }
                task.updateLags();
                int processed = 0;
                while (task.process()) {
                    processed++;
                    double dropped = task.metric("dropped-records-total");
                    order.add(fields("i", task.step().position, "wall", poll.path("wall"), "streamTime", task.step().streamTimeMs,
                        "dropped", Math.round(dropped - told), "updates", task.step().updates));
                    told = dropped;
                    windows.take(null, task.step().updates);
                }
                polls.add(fields("wall", poll.path("wall"), "processed", processed, "stillBuffered", task.hasBuffered()));
            }
            return fields("order", order, "polls", polls, "windows", windows.sorted(), "counters", fields(
                "droppedRecordsTotal", Math.round(task.metric("dropped-records-total")),
                "record-lateness-avg", zeroIfNone(task.metric("record-lateness-avg")),
                "record-lateness-max", zeroIfNone(task.metric("record-lateness-max")),
                "enforced-processing-total", Math.round(task.metric("enforced-processing-total"))));
        }
    }
}
