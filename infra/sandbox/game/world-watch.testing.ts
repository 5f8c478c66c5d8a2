/**
 * Watches a world through what its calls emit, and checks the invariants of game.md §8 that hold in
 * code.
 */
import { expect } from 'vitest'
import type { ModelName } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import type { RowKeysOf, RowOf } from './row-codec.ts'
import { type Emitted, feltIn, numberIn } from './scenario.testing.ts'
import { recipientsOf } from './systems/share-tally.ts'

/** A row with its keys, as its write reports it. */
type Written<M extends ModelName> = RowKeysOf<M> & RowOf<M>

/** The fields of a write of this model; null for any other emission. */
const written = <M extends ModelName>(model: M, { name, fields }: Emitted): Written<M> | null =>
  name === model ? (fields as Written<M>) : null // a write's name is its model's

const NEVER_WRITTEN: ReadonlySet<string> = new Set([
  'EconomyAccumulator',
  'EconomyEpochSnapshot',
  'ConstructionMaterialEscrow',
  'ResourceDistributionNonce',
] satisfies ModelName[])

const words = (text: string): ReadonlySet<unknown> => new Set(text.split(' ').map(shortString))

/** Reasons of rejections (game.md §1.4), without those that no call can reach. */
const REASONS = new Map([
  [
    '*WorldActionRejected',
    words('DEAD NOT_OWNER BAD_COORD NOT_ADJ LOW_ENERGY WRONG_HEX HEX_UNDISC AREA_INDEX CTRL_UNSET'),
  ],
  [
    '*HarvestingRejected',
    words(
      'HEX_UNDISC AREA_UNDISC NOT_PLANT PLANT_RANGE ALREADY_INIT NO_ACCESS DEAD NOT_OWNER ' +
        'WRONG_HEX ACTIVE LOCKED BAD_AMOUNT LOW_YIELD LOW_ENERGY NO_ACTIVE TOO_EARLY',
    ),
  ],
  [
    '*MiningRejected',
    words(
      'NOT_OWNER NOT_CTRL MINE_UNINIT MINE_DEPLETED MINE_COLLAPSED WRONG_HEX ' +
        'NO_ACCESS SHIFT_ACTIVE SHIFT_INACTIVE LOW_ENERGY',
    ),
  ],
  [
    '*ConstructionRejected',
    words(
      'DEAD NOT_OWNER ZERO_QTY BAD_TARGET NO_MATERIAL WRONG_HEX LOCKED BAD_BUILDING ' +
        'LOW_ENERGY TIER_MAX ACTIVE WRONG_ADV NOT_READY NOT_ACTIVE BAD_AMOUNT',
    ),
  ],
  [
    '*ResourcePermissionRejected',
    words(
      'DEAD NOT_OWNER NOT_CTRL COOLDOWN LOW_ENERGY POLICY_OFF BAD_MASK NOT_GRANTED ' +
        'BAD_RECIP BAD_SHARE OVERFLOW RECIP_CAP NOT_FOUND',
    ),
  ],
])

const SHIFTS_MAX = 100

export type WorldWatch = Readonly<{
  /** Checks what one transaction emitted. */
  see: (emitted: readonly Emitted[]) => void
  /** How often each write and event was seen. */
  counts: ReadonlyMap<string, number>
}>

export const createWorldWatch = (): WorldWatch => {
  const counts = new Map<string, number>()
  const adventurers = new Map<bigint, Written<'Adventurer'>>()
  const shifts = new Map<bigint, Written<'MiningShift'>>()
  const rules = new Map<bigint, Map<bigint, Written<'ResourceShareRule'>>>()
  /** Energy in the active escrow of a hex. */
  const locked = new Map<bigint, number>()

  const checkAdventurer = (row: Written<'Adventurer'>, isRefunded: boolean): void => {
    const before = adventurers.get(row.adventurer_id)
    if (before !== undefined)
      expect(row.is_alive && !before.is_alive, 'death is irreversible').toBe(false)
    const isRaised = row.energy > (before?.energy ?? 0) && row.energy > row.max_energy
    expect(isRaised && !isRefunded, 'only a refund lifts energy above the maximum').toBe(false)
    adventurers.set(row.adventurer_id, row)
  }

  const checkPlant = ({ reserved_yield, current_yield, max_yield }: Written<'PlantNode'>): void => {
    expect(reserved_yield).toBeLessThanOrEqual(current_yield)
    expect(current_yield).toBeLessThanOrEqual(max_yield)
  }

  const checkDecay = ({ decay_level, claimable_since_block }: Written<'HexDecayState'>): void => {
    expect(decay_level).toBeLessThanOrEqual(100)
    expect(claimable_since_block !== 0n, 'claimable from 80 on, and only then').toBe(
      decay_level >= 80,
    )
  }

  /**
   * The list of active shifts, from head to tail: as long as the mine's count of miners, dead ones
   * included.
   */
  const checkMine = (mine: Written<'MineNode'>): void => {
    let previous = 0n
    let length = 0
    for (let at = mine.active_head_shift_id; at !== 0n && length <= SHIFTS_MAX; length++) {
      const shift = shifts.get(at)
      expect(shift).toMatchObject({
        mine_key: mine.mine_key,
        status: 'Active',
        prev_active_shift_id: previous,
      })
      previous = at
      at = shift?.next_active_shift_id ?? 0n
    }
    expect([mine.active_tail_shift_id, mine.active_miners]).toEqual([previous, length])
  }

  const checkTally = (tally: Written<'ResourceShareRuleTally'>): void => {
    const recipients = recipientsOf(tally).filter((recipient) => recipient !== 0n)
    const shares = recipients.map((recipient) => rules.get(tally.resource_key)?.get(recipient))
    const total = shares.reduce(
      (sum, rule) => sum + (rule?.is_active === true ? rule.share_bp : 0),
      0,
    )
    expect([tally.total_bp, tally.active_recipient_count]).toEqual([
      total,
      new Set(recipients).size,
    ])
    expect(total).toBeLessThanOrEqual(10_000)
  }

  const checkWrite = (one: Emitted, isRefunded: boolean): void => {
    const check = <M extends ModelName>(model: M, act: (row: Written<M>) => void): void => {
      const row = written(model, one)
      if (row !== null) act(row)
    }
    expect(NEVER_WRITTEN.has(one.name), one.name).toBe(false)
    check('Adventurer', (row) => checkAdventurer(row, isRefunded))
    check('PlantNode', checkPlant)
    check('HexDecayState', checkDecay)
    check('MineNode', checkMine)
    check('ResourceShareRuleTally', checkTally)
    check('MiningShift', (shift) => void shifts.set(shift.shift_id, shift))
    check('ResourceShareRule', rememberRule)
  }

  const rememberRule = (rule: Written<'ResourceShareRule'>): void => {
    const ofResource =
      rules.get(rule.resource_key) ?? new Map<bigint, Written<'ResourceShareRule'>>()
    rules.set(rule.resource_key, ofResource.set(rule.recipient_adventurer_id, rule))
  }

  /** At most one active escrow per hex, and every locked amount is given back at most once. */
  const checkEscrow = (one: Emitted): void => {
    const { name, fields } = one
    if (name !== '*ClaimInitiated' && name !== '*ClaimRefunded') return
    const hex = feltIn(one, 'hex')
    if (name === '*ClaimInitiated') {
      expect(locked.get(hex) ?? 0, 'one active escrow per hex').toBe(0)
      locked.set(hex, numberIn(one, 'energy_locked'))
      return
    }
    expect(fields.amount, 'a lock is refunded in full, and once').toBe(locked.get(hex))
    expect(fields.amount).toBeGreaterThan(0)
    locked.set(hex, 0)
  }

  const see = (emitted: readonly Emitted[]): void => {
    const isRefunded = emitted.some(({ name }) => name === '*ClaimRefunded')
    for (const one of emitted) {
      counts.set(one.name, (counts.get(one.name) ?? 0) + 1)
      expect(
        REASONS.get(one.name)?.has(one.fields.reason) ?? true,
        'a reason that can be reached',
      ).toBe(true)
      if (one.name.startsWith('*')) checkEscrow(one)
      else checkWrite(one, isRefunded)
    }
  }
  return { see, counts }
}
