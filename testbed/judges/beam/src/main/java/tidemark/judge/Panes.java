package tidemark.judge;

import static tidemark.judge.Judge.fields;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.beam.sdk.transforms.windowing.BoundedWindow;
import org.apache.beam.sdk.transforms.windowing.FixedWindows;
import org.apache.beam.sdk.transforms.windowing.Sessions;
import org.apache.beam.sdk.transforms.windowing.SlidingWindows;
import org.apache.beam.sdk.transforms.windowing.WindowFn;
import org.apache.beam.sdk.values.KV;
import org.joda.time.Duration;
import org.joda.time.Instant;

/** What the panes of a run say of its windows, and of the records that are in none of them. */
final class Panes {
    record Pane(String key, long startMs, long endMs, List<Integer> records, String timing) {}

    private final JsonNode spec;
    private final Collection<Pane> panes;

    Panes(JsonNode spec, Collection<Pane> panes) {
        this.spec = spec;
        this.panes = panes;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    static WindowFn<KV<String, Integer>, ?> windowFn(JsonNode spec) {
        JsonNode window = spec.path("window");
        Duration size = Duration.millis(window.path("sizeMs").asLong(1));
        WindowFn fn = switch (window.path("type").asText()) {
            case "session" -> Sessions.withGapDuration(Duration.millis(window.path("gapMs").asLong()));
            case "hopping" -> SlidingWindows.of(size).every(Duration.millis(window.path("advanceMs").asLong()));
            default -> FixedWindows.of(size);
        };
        return fn;
    }

    Map<String, Object> expected(JsonNode trace, List<Map<String, Object>> records, long droppedDueToLateness) {
        long sum = 0;
        for (Map<String, Object> record : records) {
            int i = (Integer) record.get("i");
            long dropped = droppedOf(i, trace.path(i).path("ts").asLong());
            record.put("dropped", dropped);
            sum += dropped;
        }
        if (sum != droppedDueToLateness)
            throw new IllegalStateException("records missing in panes: " + sum + ", droppedDueToLateness: " + droppedDueToLateness);
        return fields("records", records, "panes", rows(), "windows", windows(), "counters", fields("droppedDueToLateness", sum));
    }

    /** Windows of a record in whose panes it never is. A session that merges changes its extent, but it is one window. */
    private long droppedOf(int i, long eventMs) {
        Set<Long> found = new HashSet<>();
        for (Pane pane : panes) if (pane.records().contains(i)) found.add(pane.startMs());
        if (spec.path("window").path("type").asText().equals("session")) return found.isEmpty() ? 1 : 0;
        return assigned(eventMs) - found.size();
    }

    private long assigned(long eventMs) {
        WindowFn<KV<String, Integer>, ?> fn = windowFn(spec);
        try {
            return assign(fn, eventMs).size();
        } catch (Exception impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static <W extends BoundedWindow> Collection<W> assign(WindowFn<KV<String, Integer>, W> fn, long eventMs) throws Exception {
        return fn.assignWindows(fn.new AssignContext() {
            @Override
            public KV<String, Integer> element() {
                return KV.of("", 0);
            }

            @Override
            public Instant timestamp() {
                return new Instant(eventMs);
            }

            @Override
            public BoundedWindow window() {
                throw new UnsupportedOperationException();
            }
        });
    }

    private List<Object> rows() {
        List<Object> rows = new ArrayList<>();
        for (Pane pane : panes)
            rows.add(fields("timing", pane.timing(), "window", List.of(pane.key(), pane.startMs(), pane.endMs(), pane.records().size()),
                "records", pane.records()));
        return rows;
    }

    /** Panes accumulate, so the last of a window is its largest. */
    private List<Object> windows() {
        Windows windows = new Windows();
        panes.stream().sorted((one, other) -> Integer.compare(one.records().size(), other.records().size()))
            .forEach(pane -> windows.take(null, List.of(List.of(pane.key(), pane.startMs(), pane.endMs(), (long) pane.records().size()))));
        return windows.sorted();
    }
}
