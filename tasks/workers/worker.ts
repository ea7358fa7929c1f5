/**
 * What a worker of a checkout loads, in place of the whole program: one that shares kernels then takes 10 MB less.
 *
 * @module
 */
import { serveAs, workerScope } from "./roles.ts";

const scope = workerScope();
if (scope !== null) serveAs(scope);
