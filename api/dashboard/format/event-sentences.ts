/** The sentence of each event of the game that has one of its own. */
import type { EventName } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import {
  actorIn,
  adventurerIn,
  atPlace,
  buildingIn,
  codeIn,
  countIn,
  feltIn,
  numberIn,
  placeIn,
  type Sentence,
  type Told,
  withArticle,
} from './sentence-parts.ts'

const AREA_NOUNS: Readonly<Record<string, string>> = {
  Wilderness: 'a stretch of wilderness',
  Control: 'the control area',
  PlantField: 'a plant field',
  MineField: 'a mine field',
}

type Tell = (event: Told) => Sentence
type Tellings = Readonly<Partial<Record<EventName, Tell>>>

const EXPLORING: Tellings = {
  HexDiscovered: (event) => {
    const biome = codeIn(event, 'biome')
    const found = biome === '' || biome === 'Unknown' ? 'a place' : withArticle(biome)
    return {
      tone: 'discovery',
      parts: [actorIn(event), ` discovered ${found} at `, placeIn(event)],
    }
  },
  AreaDiscovered: (event) => ({
    tone: 'discovery',
    parts: [
      actorIn(event),
      ` found ${AREA_NOUNS[String(event.data.area_type)] ?? 'an area'} at `,
      placeIn(event),
    ],
  }),
  WorldGenConfigInitialized: () => ({ tone: 'system', parts: ['The world was given its seed'] }),
  AdventurerCreated: (event) => ({
    tone: 'movement',
    parts: [
      actorIn(event),
      ' set out from ',
      event.hex === null ? 'the origin' : { place: event.hex },
    ],
  }),
  AdventurerMoved: (event) => ({
    tone: 'movement',
    parts: [actorIn(event), ' walked from ', placeIn(event, 'from'), ' to ', placeIn(event, 'to')],
  }),
  AdventurerDied: (event) => ({
    tone: 'danger',
    parts: [
      actorIn(event),
      codeIn(event, 'cause') === '' ? ' died' : ` died: ${codeIn(event, 'cause')}`,
    ],
  }),
}

const HARVESTING: Tellings = {
  HarvestingStarted: (event) => ({
    tone: 'work',
    parts: [
      actorIn(event),
      ` began to harvest ${countIn(event, 'amount', 'unit')} at `,
      placeIn(event),
    ],
  }),
  HarvestingCompleted: (event) => ({
    tone: 'work',
    parts: [
      actorIn(event),
      ` harvested ${countIn(event, 'actual_yield', 'unit')} at `,
      placeIn(event),
    ],
  }),
  HarvestingCancelled: (event) => ({
    tone: 'work',
    parts: [actorIn(event), ` broke off a harvest with ${countIn(event, 'partial_yield', 'unit')}`],
  }),
  ItemsConverted: (event) => ({
    tone: 'economy',
    parts: [
      actorIn(event),
      ` turned ${numberIn(event, 'quantity')} `,
      { item: feltIn(event, 'item_id') ?? '0x0' },
      ` into ${numberIn(event, 'energy_gained')} energy`,
    ],
  }),
}

const HOLDING: Tellings = {
  HexEnergyPaid: (event) => ({
    tone: 'economy',
    parts: [
      actorIn(event, 'payer'),
      ` paid ${numberIn(event, 'amount')} energy into `,
      placeIn(event),
    ],
  }),
  HexBecameClaimable: (event) => ({
    tone: 'danger',
    parts: [
      placeIn(event),
      ` decayed and can be claimed for ${numberIn(event, 'min_energy_to_claim')} energy`,
    ],
  }),
  ClaimInitiated: (event) => ({
    tone: 'ownership',
    parts:
      numberIn(event, 'energy_locked') === '0'
        ? [actorIn(event, 'claimant'), ' took over ', placeIn(event)]
        : [
            actorIn(event, 'claimant'),
            ' laid claim to ',
            placeIn(event),
            ` with ${numberIn(event, 'energy_locked')} energy, until block ${numberIn(event, 'expiry_block')}`,
          ],
  }),
  ClaimExpired: (event) => ({
    tone: 'ownership',
    parts: ['The claim of ', adventurerIn(event, 'claimant'), ' to ', placeIn(event), ' ran out'],
  }),
  ClaimRefunded: (event) => ({
    tone: 'economy',
    parts: [
      adventurerIn(event, 'claimant'),
      ` got ${numberIn(event, 'amount')} energy back for a claim to `,
      placeIn(event),
    ],
  }),
  HexDefended: (event) => ({
    tone: 'ownership',
    parts: [
      actorIn(event, 'owner'),
      ' defended ',
      placeIn(event),
      ` with ${numberIn(event, 'energy')} energy`,
    ],
  }),
  AreaOwnershipAssigned: (event) => ({
    tone: 'ownership',
    parts: [adventurerIn(event, 'owner_adventurer_id'), ' now owns an area', ...atPlace(event)],
  }),
  OwnershipTransferred: (event) => ({
    tone: 'ownership',
    parts: [
      'An area',
      ...atPlace(event),
      ' passed from ',
      adventurerIn(event, 'from_adventurer_id'),
      ' to ',
      adventurerIn(event, 'to_adventurer_id'),
    ],
  }),
}

const MINING: Tellings = {
  MineInitialized: (event) => ({
    tone: 'discovery',
    parts: [
      'A mine of ',
      { item: feltIn(event, 'ore_id') ?? '0x0' },
      ' was opened at ',
      placeIn(event, 'hex_coordinate'),
    ],
  }),
  MiningStarted: (event) => ({
    tone: 'work',
    parts: [actorIn(event), ' went down a mine', ...atPlace(event)],
  }),
  MiningContinued: (event) => ({
    tone: 'work',
    parts: [actorIn(event), ` mined ${numberIn(event, 'mined_ore')} ore`, ...atPlace(event)],
  }),
  MineStabilized: (event) => ({
    tone: 'work',
    parts: [actorIn(event), ' shored up a mine', ...atPlace(event)],
  }),
  MiningExited: (event) => ({
    tone: 'work',
    parts: [
      actorIn(event),
      ` came up with ${numberIn(event, 'banked_ore')} ore`,
      ...atPlace(event),
    ],
  }),
  MineCollapsed: (event) => ({
    tone: 'danger',
    parts: [
      'A mine collapsed',
      ...atPlace(event),
      ` and buried ${countIn(event, 'killed_miners', 'miner')}`,
    ],
  }),
  MineRepaired: (event) => ({
    tone: 'work',
    parts: [
      actorIn(event),
      ` put ${numberIn(event, 'energy_contributed')} energy into reopening a mine`,
      ...atPlace(event),
    ],
  }),
}

const BUILDING: Tellings = {
  ConstructionStarted: (event) => ({
    tone: 'work',
    parts: [
      actorIn(event),
      ` began to build ${buildingIn(event, 'building_type')} at `,
      placeIn(event, 'hex_coordinate'),
    ],
  }),
  ConstructionCompleted: (event) => ({
    tone: 'work',
    parts: [
      actorIn(event),
      ` finished ${buildingIn(event, 'building_type')} at `,
      placeIn(event, 'hex_coordinate'),
    ],
  }),
  ConstructionUpkeepPaid: (event) => ({
    tone: 'economy',
    parts: [
      actorIn(event),
      ` paid ${numberIn(event, 'amount')} energy for a building`,
      ...atPlace(event),
    ],
  }),
  ConstructionRepaired: (event) => ({
    tone: 'work',
    parts: [actorIn(event), ' repaired a building', ...atPlace(event)],
  }),
  ConstructionPlantProcessed: (event) => ({
    tone: 'work',
    parts: [
      actorIn(event),
      ` made ${numberIn(event, 'output_qty')} `,
      { item: feltIn(event, 'target_material') ?? '0x0' },
    ],
  }),
}

const REGULATOR: Tellings = {
  RegulatorTicked: (event) => ({
    tone: 'system',
    parts: [`The regulator ticked in epoch ${numberIn(event, 'epoch')}`],
  }),
  RegulatorPolicyUpdated: (event) => ({
    tone: 'system',
    parts: [
      `The regulator set the conversion tax to ${Number(event.data.conversion_tax_bp ?? 0) / 100} %`,
    ],
  }),
}

/** By type of event. Every one begins as it would within a sentence. */
export const eventSentences: ReadonlyMap<string, Tell> = new Map(
  Object.entries<Tell>({
    ...EXPLORING,
    ...HARVESTING,
    ...HOLDING,
    ...MINING,
    ...BUILDING,
    ...REGULATOR,
  }),
)
