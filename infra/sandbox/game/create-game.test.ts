import { describe, expect, test } from 'vitest'
import { FELT_PRIME } from '../../../domain/felt.ts'
import { infiniteHexAdventurers } from '../../../domain/worlds/infinite-hex-adventurers/definition.ts'
import { byteArrayFelts, poseidonOfSpan } from '../../../schemas/crypto/starknet.ts'
import { adventurerId, claimId } from '../../../schemas/worlds/infinite-hex-adventurers/ids.ts'
import { entrypointSelector } from '../../../schemas/worlds/selectors.ts'
import { shortString } from '../../../schemas/worlds/short-string.ts'
import { CallReverted, ContractUnknown, EntrypointUnknown } from '../chain/game.ts'
import { callOf } from '../population/deed.ts'
import { createGame } from './create-game.ts'
import {
  ALICE,
  contextOf,
  createScenario,
  givenAdventurer,
  OASIS_HEX,
  OPERATOR,
  ORIGIN_HEX,
} from './scenario.testing.ts'

const A = 0xan
const AT = contextOf({ block: 650 })
const DISCOVER = callOf('discover_hex', { adventurer_id: A, hex_coordinate: OASIS_HEX })
const MOVE = callOf('move_adventurer', { adventurer_id: A, to_hex_coordinate: OASIS_HEX })
const BAD_CALLDATA = { ...MOVE, calldata: [A] }

const givenActor = () => {
  const scenario = createScenario()
  givenAdventurer(scenario, A)
  scenario.game.takeChangedRows()
  return scenario
}

test('events carry the felts that the World contract emits: stored enums from 1, event enums from 0', () => {
  const { game } = givenActor()
  const [result] = game.execute([DISCOVER], AT)
  const [hexWritten, , discovered] = result?.events ?? []
  expect(hexWritten).toEqual({
    keys: [
      0x1a2f334228cee715f1f0f54053bb6b5eac54fa336e0bc1aacf7516decb0471dn,
      0x1b4f1be091a6febf3dfe50959108d0fdd25faea6a8294023dcfa10c0f92de3cn,
      poseidonOfSpan([OASIS_HEX]),
    ],
    data: [1n, OASIS_HEX, 5n, 18n, 1n, 650n, ALICE, 5n],
  })
  expect(discovered).toEqual({
    keys: [
      0x1c93f6e4703ae90f75338f29bffbe9c1662200cee981f49afeec26e892debcdn,
      0x4f88d041cccb5e4b173721b59cc21055f8998ab0d761d2864b7a5ec4f45c84dn,
      0x8b86d7d1dc9380880a89650135e20aae0933048383978d48690960e4dd907bn,
    ],
    data: [1n, OASIS_HEX, 2n, 17n, ALICE],
  })
})

describe('a transaction', () => {
  test('sees what its earlier calls wrote, and answers for each of them', () => {
    const { game, row } = givenActor()
    const results = game.execute([MOVE, callOf('regenerate_energy', { adventurer_id: A })], AT)
    expect(results.map(({ returned }) => returned)).toEqual([[], [100n]])
    expect(results.map(({ events }) => events.length)).toEqual([2, 2])
    expect(row('Adventurer', { adventurer_id: A }).energy).toBe(100)
  })

  test('that reverts in its last call leaves nothing of the calls before', () => {
    const { game, row } = givenActor()
    expect(() => game.execute([DISCOVER, MOVE, BAD_CALLDATA], AT)).toThrow(CallReverted)
    expect(row('Adventurer', { adventurer_id: A }).energy).toBe(100)
    expect(row('Hex', { coordinate: OASIS_HEX }).is_discovered).toBe(false)
    expect(game.takeChangedRows()).toEqual([])
    game.execute([DISCOVER], AT)
    expect(game.takeChangedRows().map(({ model }) => model)).toEqual(['Hex', 'Adventurer'])
  })

  test('in which decay, claim and defence follow one another does all three in one block', () => {
    const scenario = givenActor()
    givenAdventurer(scenario, 0xbn)
    scenario.given('HexDecayState', { hex_coordinate: OASIS_HEX }, { owner_adventurer_id: A })
    const hex = { hex_coordinate: OASIS_HEX }
    const results = scenario.game.execute(
      [
        callOf('process_hex_decay', hex),
        callOf('initiate_hex_claim', { adventurer_id: 0xbn, ...hex, energy_offered: 100 }),
        callOf('defend_hex_from_claim', { adventurer_id: A, ...hex, defense_energy: 100 }),
      ],
      AT,
    )
    expect(results.map(({ returned }) => returned)).toEqual([[100n], [1n], [1n]])
  })
})

describe('reverts', () => {
  const revertOf = (call: Parameters<ReturnType<typeof createGame>['view']>[0]): CallReverted => {
    try {
      createScenario().game.execute([call], AT)
    } catch (error) {
      if (error instanceof CallReverted) return error
      throw error
    }
    throw new Error('The call did not revert')
  }

  test.each([
    ['too few felts', [A], 'Failed to deserialize param #2'],
    ['too many', [A, OASIS_HEX, 0n], 'Input too long for arguments'],
  ])('calldata with %s', (_, calldata, reason) => {
    expect(revertOf({ ...MOVE, calldata }).message).toBe(reason)
  })

  test.each([
    [
      'a u8 of 256',
      callOf('init_mining', { hex_coordinate: 1n, area_id: 1n, mine_id: 0 }),
      2,
      256n,
      3,
    ],
    ['an enum beyond its variants', upsert(), 2, 4n, 3],
  ])('%s', (_, call, at, felt, param) => {
    const calldata = call.calldata.with(at, felt)
    expect(revertOf({ ...call, calldata }).message).toBe(`Failed to deserialize param #${param}`)
  })

  test.each([
    ['u16', 'energy', { energy: 65_500 }, 0n, 'u16_add Overflow'],
    ['u64', 'spent energy', { energy: 0 }, 2n ** 64n - 1n, 'u64_add Overflow'],
  ] as const)(
    'a sum beyond its %s (%s): the call and all before it',
    (_, _of, claimant, spentBefore, reason) => {
      const { game, given, row } = givenActor()
      const hex = { hex_coordinate: OASIS_HEX }
      given('Adventurer', { adventurer_id: 0xbn }, claimant)
      given(
        'AdventurerEconomics',
        { adventurer_id: A },
        { total_energy_spent: spentBefore, last_regen_block: 650n },
      )
      const escrow = {
        ...hex,
        claimant_adventurer_id: 0xbn,
        energy_locked: 100,
        status: 'Active',
      } as const
      given('ClaimEscrow', { claim_id: claimId(OASIS_HEX) }, escrow)
      const settle = callOf('initiate_hex_claim', { adventurer_id: 0n, ...hex, energy_offered: 0 })
      const spend = callOf('consume_energy', { adventurer_id: A, amount: 1 })
      expect(() => game.execute([settle, spend], AT)).toThrow(
        expect.objectContaining({ name: 'CallReverted', message: reason }),
      )
      expect(row('ClaimEscrow', { claim_id: claimId(OASIS_HEX) }).status).toBe('Active')
      expect(row('Adventurer', { adventurer_id: A }).energy).toBe(100)
    },
  )

  test('an address without a contract, and a contract without the entrypoint', () => {
    expect(revertOf({ ...MOVE, to: 0x123n })).toBeInstanceOf(ContractUnknown)
    const unknown = revertOf({ ...MOVE, selector: BigInt(entrypointSelector('castle')) })
    expect(unknown).toBeInstanceOf(EntrypointUnknown)
    expect(unknown.message).toContain('ENTRYPOINT_NOT_FOUND')
  })
})

test('every felt but 0 is true in calldata, as Cairo’s Serde reads a bool', () => {
  for (const [felt, isEnabled] of [
    [0n, false],
    [1n, true],
    [2n, true],
    [FELT_PRIME - 1n, true],
  ] as const) {
    const { game, row } = givenActor()
    const call = upsert()
    game.execute([{ ...call, calldata: call.calldata.with(3, felt) }], AT)
    expect(row('ResourcePolicy', { resource_key: 1n }).is_enabled).toBe(isEnabled)
  }
})

describe('what Dojo gives every system contract', () => {
  const ask = (
    address: string,
    entrypoint: string,
    calldata: readonly bigint[] = [],
  ): readonly bigint[] =>
    givenActor().game.view(
      { to: BigInt(address), selector: BigInt(entrypointSelector(entrypoint)), calldata },
      AT,
    )

  test.each(Object.entries(infiniteHexAdventurers.contracts))('%s', (name, { address }) => {
    expect(ask(address, 'dojo_name')).toEqual(byteArrayFelts(name))
    expect(ask(address, 'world_dispatcher')).toEqual([BigInt(infiniteHexAdventurers.worldAddress)])
    expect(() => ask(address, 'upgrade', [5n])).toThrow('must be called by world')
    expect(() => ask(address, 'upgrade')).toThrow('Failed to deserialize param #1')
  })
})

test('a contract without WRITER names itself and what it would have written', () => {
  const scenario = createScenario({ writers: 'stock' })
  givenAdventurer(scenario, A)
  const site = { adventurer_id: A, hex_coordinate: ORIGIN_HEX, area_id: 1n }
  const build = (building_type: bigint) => callOf('start_construction', { ...site, building_type })
  const revert = 'Dojo Contract `construction_manager` does NOT have WRITER role on'
  expect(() => scenario.game.execute([build(shortString('SMELTER'))], AT)).toThrow(
    new CallReverted(`${revert} model (or its namespace) \`Adventurer\``),
  )
  expect(() => scenario.game.execute([build(5n)], AT)).toThrow(
    new CallReverted(`${revert} event (or its namespace) \`ConstructionRejected\``),
  )
})

const upsert = () =>
  callOf('upsert_resource_policy', {
    controller_adventurer_id: A,
    resource_key: 1n,
    resource_kind: 'Mine',
    is_enabled: true,
  })

describe('simulate and view', () => {
  test('each simulated transaction builds on the ones before, and no trace remains', () => {
    const { game, row } = givenActor()
    const outcomes = game.simulate([
      { calls: [DISCOVER], context: AT },
      { calls: [MOVE, BAD_CALLDATA], context: AT },
      { calls: [MOVE], context: AT },
    ])
    expect(outcomes[1]).toBeInstanceOf(CallReverted)
    const energies = [outcomes[0], outcomes[2]].map((outcome) => {
      if (outcome === undefined || outcome instanceof CallReverted) throw new Error('It reverted')
      const adventurer = outcome
        .flatMap(({ events }) => events)
        .find(({ keys }) => keys[2] === poseidonOfSpan([A]))
      return adventurer?.data[5]
    })
    expect(energies).toEqual([75n, 60n])
    expect(row('Adventurer', { adventurer_id: A }).energy).toBe(100)
    expect(game.takeChangedRows()).toEqual([])
  })

  test('a view may also try out a state-changing call, as a node’s call does', () => {
    const { game, row } = givenActor()
    const create = callOf('create_adventurer', { name: 5n })
    expect(game.view(create, AT)).toEqual([adventurerId(ALICE, 5n, 650n)])
    expect(row('Adventurer', { adventurer_id: adventurerId(ALICE, 5n, 650n) }).is_alive).toBe(false)
  })
})

describe('stored rows', () => {
  test('changed rows come in first-change order with their latest values, once', () => {
    const { game } = givenActor()
    game.execute([DISCOVER], AT)
    game.execute([MOVE], AT)
    const rows = game.takeChangedRows()
    expect(rows.map(({ model }) => model)).toEqual(['Hex', 'Adventurer'])
    expect(rows[1]).toMatchObject({
      modelSelector: 0x75acd4a8474ccb4062b234fc077dc035417f4300a99372ca49a7aaffb26075dn,
      entityId: poseidonOfSpan([A]),
      keys: [A],
      values: [ALICE, shortString('Ada'), 60n, 100n, OASIS_HEX, 0n, 1n],
    })
    expect(game.takeChangedRows()).toEqual([])
  })

  test('a game that loads them goes on where the other stopped', () => {
    const first = createGame({ namespaceOwner: OPERATOR })
    first.genesis(contextOf({ block: 0 }))
    first.execute([callOf('create_adventurer', { name: 5n })], AT)
    const second = createGame({ namespaceOwner: OPERATOR })
    second.load(first.takeChangedRows())
    expect(second.takeChangedRows()).toEqual([])
    const move = callOf('move_adventurer', {
      adventurer_id: adventurerId(ALICE, 5n, 650n),
      to_hex_coordinate: OASIS_HEX,
    })
    expect(second.execute([move], AT)).toEqual(first.execute([move], AT))
  })

  test('a damaged row is refused', () => {
    const game = createGame({ namespaceOwner: OPERATOR })
    const row = {
      model: 'Hex',
      modelSelector: 1n,
      entityId: 2n,
      keys: [ORIGIN_HEX],
      values: [99n, 1n, 1n, 1n, 1n],
    }
    expect(() => game.load([row])).toThrow('Hex')
    expect(() => game.load([{ ...row, model: 'Castle' }])).toThrow('Castle')
  })
})

test('every entrypoint and view of the definition answers at its contract’s address', () => {
  const game = createGame({ namespaceOwner: OPERATOR })
  for (const { address, entrypoints, views } of Object.values(infiniteHexAdventurers.contracts)) {
    for (const name of Object.keys({ ...entrypoints, ...views })) {
      const call = {
        to: BigInt(address),
        selector: BigInt(entrypointSelector(name)),
        calldata: new Array(99).fill(0n),
      }
      expect(() => game.view(call, AT), name).toThrow('Input too long for arguments')
    }
  }
})
