/**
 * Metrics that belong to the process: Node's own (memory, event loop, garbage collection) and those
 * of its projector.
 */
import { collectDefaultMetrics, Gauge, Registry } from 'prom-client'
import type { Projector } from '../../projections/engine/projector.ts'

/** A registry with the metrics of this process. */
export const processMetrics = ({ unreadFacts }: Pick<Projector, 'unreadFacts'>): Registry => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  new Gauge({
    name: 'world_unread_facts',
    help: 'Facts projected since the start that changed nothing: not decodable, or stored by a newer program',
    registers: [registry],
    collect() {
      this.set(unreadFacts())
    },
  })
  return registry
}
