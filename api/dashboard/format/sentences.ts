/**
 * Events of the world as sentences. A sentence is parts, not markup: what players wrote stays text,
 * and adventurers and places stay things that can be clicked.
 */

import { type Felt, parseFelt, shortStringOf } from '../../../domain/felt.ts'
import { type Axial, unpackHex } from '../../../domain/hex.ts'
import type { EventName } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { actionWords, reasonWords } from './reasons.ts'

export type Part =
  | string
  | Readonly<{ adventurer: string }>
  | Readonly<{ place: Axial }>
  | Readonly<{ item: string }>

/** What an event is about; each has its own mark and colour in the feed. */
export type Tone =
  | 'discovery'
  | 'movement'
  | 'work'
  | 'ownership'
  | 'danger'
  | 'economy'
  | 'rejection'
  | 'system'

export type Sentence = Readonly<{ tone: Tone; parts: readonly Part[] }>

/** The part of an event that a sentence is made of. */
export type Told = Readonly<{
  type: string
  data: Readonly<Record<string, unknown>>
  hex: Axial | null
  adventurerId: string | null
}>

const feltIn = (event: Told, field: string): Felt | null => parseFelt(event.data[field])
const numberIn = (event: Told, field: string): string => {
  const value = event.data[field]
  return typeof value === 'number' || typeof value === 'string' ? String(value) : 'some'
}
const codeIn = (event: Told, field: string): string => {
  const felt = feltIn(event, field)
  return (felt === null ? null : shortStringOf(felt)) ?? String(event.data[field] ?? '')
}

const NOBODY = new Set(['0x0', '0'])

const who = (event: Told, field: string): Part => {
  const id = feltIn(event, field)
  return id === null || NOBODY.has(id) ? 'nobody' : { adventurer: id }
}

/** Who acted: by the event's own key, else whom the API found. */
const actor = (event: Told, field = 'adventurer_id'): Part => {
  const own = feltIn(event, field)
  if (own !== null && !NOBODY.has(own)) return { adventurer: own }
  return event.adventurerId === null ? 'Somebody' : { adventurer: event.adventurerId }
}

const placeIn = (event: Told, field = 'hex'): Part => {
  const felt = feltIn(event, field)
  const cube = felt === null ? null : unpackHex(felt)
  if (cube !== null) return { place: { q: cube.x, r: cube.z } }
  return event.hex === null ? 'a hex' : { place: event.hex }
}

const article = (noun: string): string => (/^[AEIOU]/.test(noun) ? 'an' : 'a')
const AREA_NOUNS: Readonly<Record<string, string>> = {
  Wilderness: 'a stretch of wilderness',
  Control: 'the control area',
  PlantField: 'a plant field',
  MineField: 'a mine field',
}

const WORLD: Readonly<Partial<Record<EventName, (event: Told) => Sentence>>> = {
  HexDiscovered: (event) => {
    const biome = String(event.data.biome ?? 'place')
    return {
      tone: 'discovery',
      parts: [actor(event), ` discovered ${article(biome)} ${biome} at `, placeIn(event)],
    }
  },
  AreaDiscovered: (event) => ({
    tone: 'discovery',
    parts: [
      actor(event),
      ` found ${AREA_NOUNS[String(event.data.area_type)] ?? 'an area'} at `,
      placeIn(event),
    ],
  }),
  WorldGenConfigInitialized: () => ({ tone: 'system', parts: ['The world was given its seed'] }),
  AdventurerCreated: (event) => ({
    tone: 'movement',
    parts: [
      actor(event),
      ' set out from ',
      event.hex === null ? 'the origin' : { place: event.hex },
    ],
  }),
  AdventurerMoved: (event) => ({
    tone: 'movement',
    parts: [actor(event), ' walked from ', placeIn(event, 'from'), ' to ', placeIn(event, 'to')],
  }),
  AdventurerDied: (event) => ({
    tone: 'danger',
    parts: [
      actor(event),
      codeIn(event, 'cause') === '' ? ' died' : ` died: ${codeIn(event, 'cause')}`,
    ],
  }),
}

const HARVEST: typeof WORLD = {
  HarvestingStarted: (event) => ({
    tone: 'work',
    parts: [
      actor(event),
      ` began to harvest ${numberIn(event, 'amount')} units at `,
      placeIn(event),
    ],
  }),
  HarvestingCompleted: (event) => ({
    tone: 'work',
    parts: [
      actor(event),
      ` harvested ${numberIn(event, 'actual_yield')} units at `,
      placeIn(event),
    ],
  }),
  HarvestingCancelled: (event) => ({
    tone: 'work',
    parts: [actor(event), ` broke off a harvest with ${numberIn(event, 'partial_yield')} units`],
  }),
  ItemsConverted: (event) => ({
    tone: 'economy',
    parts: [
      actor(event),
      ` turned ${numberIn(event, 'quantity')} `,
      { item: feltIn(event, 'item_id') ?? '0x0' },
      ` into ${numberIn(event, 'energy_gained')} energy`,
    ],
  }),
}

const HOLDING: typeof WORLD = {
  HexEnergyPaid: (event) => ({
    tone: 'economy',
    parts: [
      actor(event, 'payer'),
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
        ? [actor(event, 'claimant'), ' took over ', placeIn(event)]
        : [
            actor(event, 'claimant'),
            ' laid claim to ',
            placeIn(event),
            ` with ${numberIn(event, 'energy_locked')} energy, until block ${numberIn(event, 'expiry_block')}`,
          ],
  }),
  ClaimExpired: (event) => ({
    tone: 'ownership',
    parts: ['The claim of ', who(event, 'claimant'), ' to ', placeIn(event), ' ran out'],
  }),
  ClaimRefunded: (event) => ({
    tone: 'economy',
    parts: [
      who(event, 'claimant'),
      ` got ${numberIn(event, 'amount')} energy back for a claim to `,
      placeIn(event),
    ],
  }),
  HexDefended: (event) => ({
    tone: 'ownership',
    parts: [
      actor(event, 'owner'),
      ' defended ',
      placeIn(event),
      ` with ${numberIn(event, 'energy')} energy`,
    ],
  }),
  AreaOwnershipAssigned: (event) => ({
    tone: 'ownership',
    parts: [who(event, 'owner_adventurer_id'), ' now owns an area', ...at(event)],
  }),
  OwnershipTransferred: (event) => ({
    tone: 'ownership',
    parts: [
      'An area',
      ...at(event),
      ' passed from ',
      who(event, 'from_adventurer_id'),
      ' to ',
      who(event, 'to_adventurer_id'),
    ],
  }),
}

const MINING: typeof WORLD = {
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
    parts: [actor(event), ' went down a mine', ...at(event)],
  }),
  MiningContinued: (event) => ({
    tone: 'work',
    parts: [actor(event), ` mined ${numberIn(event, 'mined_ore')} ore`, ...at(event)],
  }),
  MineStabilized: (event) => ({
    tone: 'work',
    parts: [actor(event), ' shored up a mine', ...at(event)],
  }),
  MiningExited: (event) => ({
    tone: 'work',
    parts: [actor(event), ` came up with ${numberIn(event, 'banked_ore')} ore`, ...at(event)],
  }),
  MineCollapsed: (event) => ({
    tone: 'danger',
    parts: ['A mine collapsed', ...at(event), ` and buried ${numberIn(event, 'killed_miners')}`],
  }),
  MineRepaired: (event) => ({
    tone: 'work',
    parts: [
      actor(event),
      ` put ${numberIn(event, 'energy_contributed')} energy into reopening a mine`,
      ...at(event),
    ],
  }),
}

const BUILDING: typeof WORLD = {
  ConstructionStarted: (event) => ({
    tone: 'work',
    parts: [
      actor(event),
      ` began to build ${nounOf(event, 'building_type')} at `,
      placeIn(event, 'hex_coordinate'),
    ],
  }),
  ConstructionCompleted: (event) => ({
    tone: 'work',
    parts: [
      actor(event),
      ` finished ${nounOf(event, 'building_type')} at `,
      placeIn(event, 'hex_coordinate'),
    ],
  }),
  ConstructionUpkeepPaid: (event) => ({
    tone: 'economy',
    parts: [actor(event), ` paid ${numberIn(event, 'amount')} energy for a building`, ...at(event)],
  }),
  ConstructionRepaired: (event) => ({
    tone: 'work',
    parts: [actor(event), ' repaired a building', ...at(event)],
  }),
  ConstructionPlantProcessed: (event) => ({
    tone: 'work',
    parts: [
      actor(event),
      ` made ${numberIn(event, 'output_qty')} `,
      { item: feltIn(event, 'target_material') ?? '0x0' },
    ],
  }),
}

const REGULATOR: typeof WORLD = {
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

const SENTENCES: typeof WORLD = {
  ...WORLD,
  ...HARVEST,
  ...HOLDING,
  ...MINING,
  ...BUILDING,
  ...REGULATOR,
}

const at = (event: Told): Part[] => (event.hex === null ? [] : [' at ', { place: event.hex }])

const nounOf = (event: Told, field: string): string => {
  const noun = codeIn(event, field).toLowerCase().replaceAll('_', ' ')
  return noun === '' ? 'a building' : `${article(noun.charAt(0).toUpperCase())} ${noun}`
}

const rejection = (event: Told): Sentence => ({
  tone: 'rejection',
  parts: [
    actor(event),
    ` could not ${actionWords(codeIn(event, 'phase') || codeIn(event, 'action'))}`,
    ...at(event),
    `: ${reasonWords(codeIn(event, 'reason'))}`,
  ],
})

const begunWithCapital = ({ tone, parts }: Sentence): Sentence => {
  const [first, ...rest] = parts
  const begun =
    typeof first === 'string' ? [first.charAt(0).toUpperCase() + first.slice(1), ...rest] : parts
  return { tone, parts: begun }
}

/**
 * "ResourceShareRuleSet" → "Resource share rule set": for events without a sentence of their own.
 */
const spelt = (type: string): string => {
  const words = type.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/**
 * What happened, in one sentence without a full stop. Never fails: an event that it does not know
 * is named.
 */
export const sentenceOf = (event: Told): Sentence => {
  if (event.type.endsWith('Rejected')) return rejection(event)
  const tell = Object.hasOwn(SENTENCES, event.type) ? SENTENCES[event.type as EventName] : undefined
  if (tell !== undefined) return begunWithCapital(tell(event))
  const acted: Part[] =
    event.adventurerId === null ? [] : [' by ', { adventurer: event.adventurerId }]
  return { tone: 'system', parts: [spelt(event.type), ...acted, ...at(event)] }
}

/** A sentence as plain text, for titles, screen readers and search. */
export const plainText = (
  { parts }: Sentence,
  named: (part: Exclude<Part, string>) => string,
): string => parts.map((part) => (typeof part === 'string' ? part : named(part))).join('')
