export { finish, relay } from "./steps.ts";
