/** The ores of the game (game.md §3.7) by the short string that is their item id. */

/**
 * Rarity tier 0…4, energy per unit when converted at the base rate, and what a unit adds to the
 * energy of a tick.
 */
export type Ore = Readonly<{ tier: number; energyPerUnit: number; tickEnergyWeight: number }>

export const ORES = {
  ORE_IRON: { tier: 0, energyPerUnit: 8, tickEnergyWeight: 1 },
  ORE_COPPER: { tier: 0, energyPerUnit: 9, tickEnergyWeight: 1 },
  ORE_TIN: { tier: 0, energyPerUnit: 10, tickEnergyWeight: 1 },
  ORE_COAL: { tier: 0, energyPerUnit: 12, tickEnergyWeight: 2 },
  ORE_SILVER: { tier: 1, energyPerUnit: 16, tickEnergyWeight: 2 },
  ORE_NICKEL: { tier: 1, energyPerUnit: 18, tickEnergyWeight: 2 },
  ORE_COBALT: { tier: 1, energyPerUnit: 22, tickEnergyWeight: 3 },
  ORE_GOLD: { tier: 2, energyPerUnit: 30, tickEnergyWeight: 3 },
  ORE_TITAN: { tier: 2, energyPerUnit: 36, tickEnergyWeight: 4 },
  ORE_URAN: { tier: 2, energyPerUnit: 45, tickEnergyWeight: 5 },
  ORE_MITH: { tier: 3, energyPerUnit: 62, tickEnergyWeight: 5 },
  ORE_ADAM: { tier: 3, energyPerUnit: 78, tickEnergyWeight: 6 },
  ORE_AETHER: { tier: 4, energyPerUnit: 120, tickEnergyWeight: 8 },
} as const satisfies Readonly<Record<string, Ore>>

export type OreName = keyof typeof ORES
