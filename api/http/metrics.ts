/**
 * What the API tells Prometheus. Base units, low-cardinality labels; the names are public and stay.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { SourceState } from '../../domain/world-stream/source-state.ts'
import type { HistoryReads, MetaView } from '../../projections/reads/history-reads.ts'
import type { ReportError } from '../errors.ts'
import { sourceLag } from '../graphql/source-lag.ts'

/** How a subscription is served. */
export type Transport = 'websocket' | 'sse'

/** What the API counts itself; gauges are read by themselves. */
export type ApiMetrics = Readonly<{
  requestSeconds: Histogram<'route' | 'status'>
  deliveries: Counter<'transport'>
  slowClientDisconnects: Counter
}>

/** Where the gauges read. */
export type MetricSources = Readonly<{
  reads: Pick<HistoryReads, 'meta'>
  /** How the source of blocks stands; null where the process follows none. */
  source: (() => SourceState) | null
  report: ReportError
  /** Subscriptions to the world that are being served. */
  subscribers: () => number
  /** Open WebSocket connections. */
  connections: () => number
  /** Bytes that wait to be sent, over all connections. */
  waitingBytes: () => number
}>

/** Registers the API's metrics; gauges are read when somebody scrapes. */
export const createApiMetrics = (
  registry: Registry,
  { reads, source, report, subscribers, connections, waitingBytes }: MetricSources,
): ApiMetrics => {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge('world_subscriptions', 'Subscriptions to the world that are being served', subscribers)
  gauge('world_websocket_connections', 'Open WebSocket connections', connections)
  gauge('world_waiting_bytes', 'Bytes that wait until their clients read', waitingBytes)
  registerReadModelGauges(registry, { reads, source, report })
  if (source !== null) registerStallGauge(registry, source)
  return {
    requestSeconds: new Histogram({
      name: 'world_http_request_duration_seconds',
      help: 'Time from a request to its response; for streams, to their start',
      labelNames: ['route', 'status'],
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    deliveries: new Counter({
      name: 'world_deliveries_total',
      help: 'Messages of subscriptions that were sent',
      labelNames: ['transport'],
      registers,
    }),
    slowClientDisconnects: new Counter({
      name: 'world_slow_client_disconnects_total',
      help: 'Connections closed because the client did not read, or did not answer',
      registers,
    }),
  }
}

/** It needs no read, so that it tells of a stall also while the read models cannot be read. */
const registerStallGauge = (registry: Registry, source: () => SourceState): void => {
  new Gauge({
    name: 'world_source_stalled_seconds',
    help: 'For how long the source has not been followed; 0 while it is, also while it makes no blocks',
    registers: [registry],
    collect() {
      const { stall } = source()
      this.set(stall === null ? 0 : Math.max(0, Date.now() - stall.sinceMs) / 1_000)
    },
  })
}

/** The numbers of one scrape come from one read; if it fails, they stay what they were. */
const registerReadModelGauges = (
  registry: Registry,
  { reads, source, report }: Pick<MetricSources, 'reads' | 'source' | 'report'>,
): void => {
  let reading: Promise<MetaView> | null = null
  const readMeta = (): Promise<MetaView> => {
    reading ??= reads.meta().finally(() => {
      reading = null
    })
    return reading
  }
  const gauge = (name: string, help: string, pick: (meta: MetaView) => number): Gauge =>
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        try {
          this.set(pick(await readMeta()))
        } catch (error) {
          report(`${name} could not be measured`, error)
        }
      },
    })
  gauge(
    'world_projection_position',
    'Position of the last event that the read models hold; -1 before the first',
    ({ position }) => position ?? -1,
  )
  gauge(
    'world_projection_lag_events',
    'Events in the log that the read models have not taken in',
    ({ lag }) => lag,
  )
  gauge(
    'world_head_block',
    'Last block that the read models cover',
    ({ block }) => block?.number ?? 0,
  )
  if (source === null) return
  gauge(
    'world_source_head_block',
    'Newest block of the source, asked beside ingest',
    () => source().head?.number ?? 0,
  )
  gauge(
    'world_source_lag_blocks',
    'Blocks of the source that the read models do not cover',
    ({ block }) => sourceLag(source(), block)?.blocks ?? 0,
  )
  gauge(
    'world_source_lag_seconds',
    "Seconds between the times of the source's newest block and of the last that the read models cover",
    ({ block }) => sourceLag(source(), block)?.seconds ?? 0,
  )
}
