/**
 * What the sandbox's Torii can be told: its port, what it keeps, and which of Torii's defects it
 * shows.
 */

/**
 * Defects of Torii 1.8.16 beyond its ordinary behaviour (torii-and-starknet.md §1.5, §1.8, §5, §6);
 * each is off by default.
 */
export type ToriiDefects = Readonly<{
  /** A page whose cursor row moved or vanished loses its last row instead. */
  lossyCursorRow: boolean
  /** `eventMessageUpdated` never delivers. */
  silentEventMessages: boolean
  /**
   * Updates of a fetch cycle are delivered as often as the row changed, each with the row as it is
   * after the cycle.
   */
  coalescedUpdates: boolean
  /**
   * Of the updates of a model's row in a fetch cycle only the last is delivered, unless its tag is
   * historical.
   */
  skippedUpdates: boolean
  /** The removal of an entity that lost its last model is not told. */
  undeliveredDeletions: boolean
  /**
   * When the sealed block lacks the last pre-confirmed transaction that was indexed, none of its
   * transactions is indexed.
   */
  lostAfterVanished: boolean
  /**
   * An event that cannot be decoded stops the indexer: it repeats the cycle with longer and longer
   * waits.
   */
  stuckOnMalformedEvents: boolean
}>

export type ToriiOptions = Readonly<{
  /** 0 picks a free one. */
  port: number
  /**
   * Keeps every event of the world in the table `events` and serves `eventEmitted`; default false,
   * as in Torii.
   */
  rawEvents?: boolean
  /** Indexes transactions before their block is sealed, unmarked; default true, as in Torii. */
  preConfirmed?: boolean
  /** Keeps transactions, their calls and receipts; default false, as in Torii. */
  transactions?: boolean
  /** Serves `/sql`; default true, as in Torii. */
  sql?: boolean
  /** Tags (`<namespace>-<Name>`) of which every state is kept; default none. */
  historical?: readonly string[]
  defects?: Partial<ToriiDefects>
}>

export const NO_DEFECTS: ToriiDefects = {
  lossyCursorRow: false,
  silentEventMessages: false,
  coalescedUpdates: false,
  skippedUpdates: false,
  undeliveredDeletions: false,
  lostAfterVanished: false,
  stuckOnMalformedEvents: false,
}
