import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react(), tailwindcss()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: {
    port: 8021,
    strictPort: true,
    proxy: { "/api": "http://127.0.0.1:8011", "/healthz": "http://127.0.0.1:8011" },
    fs: { allow: [".."] }, // the sample export of keywordcsv is one of the assets
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // fonts come from 'self' and from nowhere else
    modulePreload: { polyfill: false },
    manifest: true,
  },
  test: {
    environment: "jsdom",
    testTimeout: 180_000,
    setupFiles: ["./src/test/setup.ts"],
    css: false,
  },
});
