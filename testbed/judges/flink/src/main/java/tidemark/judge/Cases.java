package tidemark.judge;

import com.fasterxml.jackson.databind.JsonNode;

final class Cases {
    static Object judge(JsonNode given) throws Exception {
        return switch (given.path("kind").asText()) {
            case "window" -> WindowCase.run(given);
            case "valve", "multiplexer", "twoInput" -> CombineCase.run(given);
            default -> throw new IllegalArgumentException("kind " + given.path("kind"));
        };
    }
}
