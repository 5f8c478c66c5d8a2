/** Node's own metrics (memory, event loop, garbage collection), registered once for the process. */
import { collectDefaultMetrics, Registry } from 'prom-client'

/** A registry with the metrics of this process. */
export const processMetrics = (): Registry => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  return registry
}
