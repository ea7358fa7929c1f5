/**
 * Command lines: options as values, arguments to typed values, help, and errors that name the repair.
 *
 * @module
 */
export * from "./help_text.ts";
export * from "./option.ts";
export * from "./parse_options.ts";
export * from "./suggest.ts";
export * from "./usage_error.ts";
