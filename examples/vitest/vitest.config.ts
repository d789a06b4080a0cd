import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: "./taskhub.ts",
    fileParallelism: false, // All tests share one server, and so its clock.
    testTimeout: 20_000,
  },
});
