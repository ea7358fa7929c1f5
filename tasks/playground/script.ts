/**
 * The script of the page and of its worker: what they share is in it once.
 *
 * @module
 */
import { showPage } from "./page.ts";
import { serveWorkshop } from "./worker.ts";

if ("document" in globalThis) void showPage();
else serveWorkshop();
