/**
 * What goes wrong on demand: faulty answers to the next requests, and blocks that are late, told
 * twice or not shown at all. Each fault says how often it strikes, so that a client can always
 * recover. Planned by sandbox_* requests (infra/sandbox/rpc/control-methods.ts) and directly by tests.
 */
/** What happens to a request. */
export type RequestFault =
  /** It is answered by this JSON-RPC error. */
  | Readonly<{
      kind: 'error'
      error: Readonly<{ code: number; message: string; data?: unknown }>
    }>
  /**
   * It is answered by this HTTP status and a text that is not JSON, as by a gateway in front of a
   * node.
   */
  | Readonly<{ kind: 'status'; status: number; retryAfterSeconds: number | null }>
  /** It is never answered. */
  | Readonly<{ kind: 'timeout' }>
  /** Its answer ends in the middle. */
  | Readonly<{ kind: 'cut' }>

export type PlannedFault = Readonly<{
  fault: RequestFault
  /** Methods that it strikes; null for all except the sandbox's own. */
  methods: readonly string[] | null
  /** How many more requests it will strike. */
  requests: number
}>

/** Plans are written by somebody for a test, so there are few. */
const PLANS_MAX = 100

export type Faults = Readonly<{
  /** Throws RangeError when there are too many plans. */
  plan: (planned: PlannedFault) => void
  /** What strikes this request; null when nothing does. */
  take: (method: string) => RequestFault | null
  planned: () => readonly PlannedFault[]
  /** The next `pages` pages of events have at most `events` events, whatever was asked for. */
  truncatePages: (pages: number, events: number) => void
  /** How many events a page gets when `asked` events were asked for. */
  pageEvents: (asked: number) => number
  /** Tells every subscription the next `blocks` blocks twice. */
  duplicateBlocks: (blocks: number) => void
  takeDuplicate: () => boolean
  /** Keeps the newest `blocks` blocks back; 0 shows them. */
  withhold: (blocks: number) => void
  /** Shows no block above this one, like a node that is stuck; null ends that. */
  freeze: (block: number | null) => void
  /**
   * Number of the last block that may be shown while the chain is at `head`; null when all may be.
   */
  cap: (head: number) => number | null
  /** Ends all planned faults. */
  clear: () => void
  /** Says that more blocks may have become visible for a reason that is not a fault. */
  shown: () => void
  /** Calls `listener` when blocks may have become visible; returns how to stop. */
  onShown: (listener: () => void) => () => void
}>

type Plan = {
  readonly requests: PlannedFault[]
  /** How many more pages of events are cut, and to how many events. */
  pages: Readonly<{ left: number; events: number }>
  /** How many more blocks are told twice. */
  duplicates: number
  /** How many of the newest blocks are kept back. */
  withheld: number
  /** Number of the last block that is shown; null without a limit. */
  frozenAt: number | null
}

const nothingPlanned = (): Plan => ({
  requests: [],
  pages: { left: 0, events: 0 },
  duplicates: 0,
  withheld: 0,
  frozenAt: null,
})

/** Faults of one node; none at the start. */
export const createFaults = (): Faults => {
  let plan = nothingPlanned()
  const listeners = new Set<() => void>()
  const shown = (): void => {
    for (const listener of listeners) listener()
  }
  return {
    plan: (planned) => {
      if (plan.requests.length >= PLANS_MAX)
        throw new RangeError(`at most ${PLANS_MAX} faults can be planned`)
      plan.requests.push(planned)
    },
    take: (method) => {
      const at = plan.requests.findIndex(({ methods }) =>
        methods === null ? !method.startsWith('sandbox_') : methods.includes(method),
      )
      const planned = plan.requests[at]
      if (planned === undefined) return null
      const left = planned.requests - 1
      plan.requests.splice(at, 1, ...(left > 0 ? [{ ...planned, requests: left }] : []))
      return planned.fault
    },
    planned: () => plan.requests,
    truncatePages: (left, events) => {
      plan.pages = { left, events }
    },
    pageEvents: (asked) => {
      if (plan.pages.left === 0) return asked
      const { events, left } = plan.pages
      plan.pages = { events, left: left - 1 }
      return Math.min(asked, events)
    },
    duplicateBlocks: (blocks) => {
      plan.duplicates = blocks
    },
    takeDuplicate: () => {
      if (plan.duplicates === 0) return false
      plan.duplicates -= 1
      return true
    },
    withhold: (blocks) => {
      plan.withheld = blocks
      shown()
    },
    freeze: (block) => {
      plan.frozenAt = block
      shown()
    },
    cap: (head) => {
      const { frozenAt, withheld } = plan
      if (frozenAt === null && withheld === 0) return null
      return Math.max(0, Math.min(frozenAt ?? head, head - withheld))
    },
    clear: () => {
      plan = nothingPlanned()
      shown()
    },
    shown,
    onShown: (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
