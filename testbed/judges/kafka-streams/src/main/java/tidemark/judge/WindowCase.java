package tidemark.judge;

import static tidemark.judge.Judge.fields;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Kind "window": every record through the count, through suppress and through onWindowClose. */
final class WindowCase {
    private static final List<String> TOPICS = List.of("input");

    /** The three variants of one task. */
    private record Run(Task updates, Task suppressed, Task onClose) {
        static Run start(JsonNode spec, long wallMs) throws Exception {
            return new Run(new Task(spec, TOPICS, Task.Results.UPDATES, wallMs),
                new Task(spec, TOPICS, Task.Results.SUPPRESSED, wallMs), new Task(spec, TOPICS, Task.Results.ON_CLOSE, wallMs));
        }

        List<Task> all() {
            return List.of(updates, suppressed, onClose);
        }
    }

    static Map<String, Object> run(JsonNode given) throws Exception {
        JsonNode spec = given.path("spec");
        JsonNode trace = given.path("trace");
        boolean perPartition = spec.path("tasks").asText().equals("perPartition");
        long wallMs = trace.path(0).path("arrival").asLong();
        TreeMap<Integer, Run> runs = new TreeMap<>();
        for (JsonNode record : trace) {
            int task = perPartition ? record.path("partition").asInt() : 0;
            if (!runs.containsKey(task)) runs.put(task, Run.start(spec, wallMs));
        }
        List<Object> records = new ArrayList<>();
        List<Object> suppress = new ArrayList<>();
        List<Object> onWindowClose = new ArrayList<>();
        Windows windows = new Windows();
        Map<String, Object> error = null;
        for (JsonNode record : trace) {
            int task = perPartition ? record.path("partition").asInt() : 0;
            Run run = runs.get(task);
            try {
                long before = run.updates.step().streamTimeMs;
                double droppedBefore = run.updates.metric("dropped-records-total");
                for (Task one : run.all()) feed(one, record);
                List<Object> updates = run.updates.step().updates;
                windows.take(perPartition ? task : null, updates);
                records.add(fields("i", record.path("i"), "streamTime", run.updates.step().streamTimeMs,
                    "outOfOrder", record.path("ts").asLong() < before,
                    "dropped", Math.round(run.updates.metric("dropped-records-total") - droppedBefore), "updates", updates));
                run.suppressed.step().updates.forEach(window -> suppress.add(fields("after", record.path("i"), "window", window)));
                run.onClose.step().updates.forEach(window -> onWindowClose.add(fields("after", record.path("i"), "window", window)));
            } catch (RuntimeException stopped) {
                error = fields("atRecord", record.path("i"), "exception", stopped.getClass().getName());
                break;
            }
        }
        List<Object> tasks = new ArrayList<>();
        runs.forEach((task, run) -> tasks.add(fields("task", task,
            "dropped-records-total", Math.round(run.updates.metric("dropped-records-total")),
            "record-lateness-avg", zeroIfNone(run.updates.metric("record-lateness-avg")),
            "record-lateness-max", zeroIfNone(run.updates.metric("record-lateness-max")))));
        runs.values().forEach(run -> run.all().forEach(Task::close));
        long dropped = 0;
        long withDrop = 0;
        for (Object record : records) {
            long drops = (Long) ((Map<?, ?>) record).get("dropped");
            dropped += drops;
            if (drops > 0) withDrop++;
        }
        Map<String, Object> expected = fields("records", records, "windows", windows.sorted(),
            "final", fields("suppress", suppress, "onWindowClose", onWindowClose),
            "counters", fields("droppedRecordsTotal", dropped, "recordsWithDrop", withDrop, "tasks", tasks));
        if (error != null) expected.put("error", error);
        return expected;
    }

    private static void feed(Task task, JsonNode record) {
        task.advanceTo(record.path("arrival").asLong());
        task.add("input", record.path("i").asLong(), List.of(record));
        task.updateLags();
        List<Object> updates = new ArrayList<>();
        while (task.process()) updates.addAll(task.step().updates);
        task.step().updates = updates;
    }

    /** Before the first record the metrics are not a number. */
    static double zeroIfNone(double value) {
        return Double.isNaN(value) || Double.isInfinite(value) ? 0 : value;
    }
}
