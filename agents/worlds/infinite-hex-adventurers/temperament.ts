/**
 * What an agent of this game cares for: how much each kind of gain is worth to it, 1 being neutral,
 * and what it keeps back. Candidates are valued by it, so that it shows in what an agent does,
 * whatever strategy chooses.
 */
export type Temperament = Readonly<{
  explore: number
  harvest: number
  maintain: number
  defend: number
  /** Taking over hexes that can be taken at once. */
  claim: number
  /** Claims that only lock energy for a while. */
  pressure: number
  /** Energy below which nothing is put into harvests. */
  harvestAboveEnergy: number
  /**
   * Units of items that it likes to have in store; the nearer it is to them, the less more of them
   * are worth.
   */
  storeUnits: number
  /** Energy that exploring must leave it. */
  reserveEnergy: number
}>
