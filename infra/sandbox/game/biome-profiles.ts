/**
 * What a biome decides when a world is generated (game.md §4.3, §4.6). Rolls are integers 0…100.
 */
import type { Biome } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'

export type BiomeProfile = Readonly<{
  /** An area is a plant field below this roll; this test comes first. */
  plantBelow: number
  /** An area is a mine field from this roll on. */
  mineFrom: number
  /** Species of a plant: the first for a roll below 65, else the second. */
  species: readonly [string, string]
}>

export const BIOME_PROFILES: Readonly<Record<Biome, BiomeProfile>> = {
  Unknown: { plantBelow: 45, mineFrom: 68, species: ['FERN', 'BRIAR'] },
  Plains: { plantBelow: 60, mineFrom: 68, species: ['GRAIN', 'CLOVR'] },
  Forest: { plantBelow: 70, mineFrom: 68, species: ['HERB', 'MUSHR'] },
  Mountain: { plantBelow: 25, mineFrom: 58, species: ['MOSS', 'LICHN'] },
  Desert: { plantBelow: 30, mineFrom: 60, species: ['CACTS', 'AGAVE'] },
  Swamp: { plantBelow: 55, mineFrom: 68, species: ['REED', 'LOTUS'] },
  Tundra: { plantBelow: 20, mineFrom: 68, species: ['LCHEN', 'SNWRT'] },
  Taiga: { plantBelow: 58, mineFrom: 68, species: ['PINEC', 'BRYER'] },
  Jungle: { plantBelow: 72, mineFrom: 68, species: ['VINES', 'ORCHD'] },
  Savanna: { plantBelow: 50, mineFrom: 68, species: ['ACACI', 'SORGM'] },
  Grassland: { plantBelow: 62, mineFrom: 68, species: ['PRAIR', 'THYME'] },
  Canyon: { plantBelow: 24, mineFrom: 58, species: ['SAGEB', 'YUCCA'] },
  Badlands: { plantBelow: 28, mineFrom: 58, species: ['SHRUB', 'RESIN'] },
  Volcanic: { plantBelow: 18, mineFrom: 55, species: ['ASHFR', 'EMBER'] },
  Glacier: { plantBelow: 15, mineFrom: 62, species: ['ICEFN', 'SNOWL'] },
  Wetlands: { plantBelow: 64, mineFrom: 68, species: ['BULRU', 'SEDGE'] },
  Steppe: { plantBelow: 52, mineFrom: 68, species: ['RYEGR', 'FLAXS'] },
  Oasis: { plantBelow: 68, mineFrom: 68, species: ['DATEP', 'MINTS'] },
  Mire: { plantBelow: 57, mineFrom: 68, species: ['PEATM', 'HEMPL'] },
  Highlands: { plantBelow: 40, mineFrom: 60, species: ['HEATH', 'JUNPR'] },
  Coast: { plantBelow: 48, mineFrom: 68, species: ['KELP', 'SEAGR'] },
}

/** How dangerous a biome makes its mines, and how rich in shafts. */
export type MiningProfile = Readonly<{
  /** Mine slots that are added to the rolled number. */
  slotBias: number
  extraStressPerBlock: number
  riskBp: number
}>

const ORDINARY_MINING: MiningProfile = { slotBias: 0, extraStressPerBlock: 0, riskBp: 10_000 }

const MINING_PROFILES: Readonly<Partial<Record<Biome, MiningProfile>>> = {
  Mountain: { slotBias: 1, extraStressPerBlock: 4, riskBp: 12_500 },
  Highlands: { slotBias: 1, extraStressPerBlock: 3, riskBp: 11_500 },
  Volcanic: { slotBias: 2, extraStressPerBlock: 8, riskBp: 14_000 },
  Glacier: { slotBias: -1, extraStressPerBlock: 5, riskBp: 13_000 },
  Canyon: { slotBias: 0, extraStressPerBlock: 0, riskBp: 11_500 },
  Badlands: { slotBias: 0, extraStressPerBlock: 0, riskBp: 11_250 },
}

export const miningProfileOf = (biome: Biome): MiningProfile =>
  MINING_PROFILES[biome] ?? ORDINARY_MINING
