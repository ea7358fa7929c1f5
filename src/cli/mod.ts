/**
 * Command lines: options as values, arguments to typed values, help, and errors that name the repair.
 *
 * @module
 */
export * from "./completions.ts";
export * from "./config.ts";
export * from "./config_file.ts";
export * from "./help_parts.ts";
export * from "./help_text.ts";
export * from "./option.ts";
export * from "./parse_options.ts";
export * from "./plain_text.ts";
export * from "./suggest.ts";
export * from "./usage_error.ts";
