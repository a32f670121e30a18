package tidemark.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The last result of every window, as a reader of the output topic would hold it. */
final class Windows {
    private final Map<List<Object>, Object> counts = new LinkedHashMap<>();

    void take(Integer task, List<Object> updates) {
        for (Object update : updates) {
            List<?> row = (List<?>) update;
            List<Object> id = List.of(task == null ? 0 : task, row.get(0), row.get(1), row.get(2), task != null);
            if (row.get(3) == null) counts.remove(id);
            else counts.put(id, row.get(3));
        }
    }

    List<Object> sorted() {
        List<List<Object>> ids = new ArrayList<>(counts.keySet());
        ids.sort(Comparator.<List<Object>, Integer>comparing(id -> (Integer) id.get(0))
            .thenComparing(id -> (String) id.get(1))
            .thenComparing(id -> (Long) id.get(2))
            .thenComparing(id -> (Long) id.get(3)));
        List<Object> rows = new ArrayList<>();
        for (List<Object> id : ids) {
            Map<String, Object> row = new LinkedHashMap<>();
            if ((Boolean) id.get(4)) row.put("task", id.get(0));
            row.put("key", id.get(1));
            row.put("start", id.get(2));
            row.put("end", id.get(3));
            row.put("count", counts.get(id));
            rows.add(row);
        }
        return rows;
    }
}
