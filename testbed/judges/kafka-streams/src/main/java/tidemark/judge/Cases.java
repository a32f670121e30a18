package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;

final class Cases {
    static Object judge(JsonNode given) throws Exception {
        return switch (given.path("kind").asText()) {
            case "window" -> WindowCase.run(given);
            case "task" -> TaskCase.run(given);
            case "time" -> Stopwatch.run(given);
            default -> throw new IllegalArgumentException("kind " + given.path("kind"));
        };
    }
}
