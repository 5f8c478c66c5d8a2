import { describe, expect, it } from 'vitest'
import { FatalError, RetryableError } from '../domain/errors.ts'
import { NEVER } from '../domain/waiting/pause.ts'
import type { ActionEnd, ActionRequest } from './act.ts'
import type { PlayedGame } from './game.ts'
import { createPlayer, type Deed } from './player.ts'
import { createRandom } from './random.ts'
import type { Candidate, Choice, Strategy, Turn } from './strategy.ts'

/** A game about a number, which players may raise. */
type Seen = Readonly<{ block: number; total: number }>
type Raise = Candidate & Readonly<{ by: number }>
/** The total that was seen last. */
type Known = number

const game: PlayedGame<Readonly<{ since: Known }>, Seen, Known, Seen, Raise> = {
  initialKnowledge: 0,
  queryOf: (known) => ({ since: known }),
  situationOf: (observation) => observation,
  learn: ({ total }) => total,
  candidatesOf: ({ total }) =>
    [1, 2].map((by) => ({
      by,
      action: { entrypoint: 'raise', args: { by } },
      why: `make it ${total + by}`,
    })),
}

type Memory = readonly string[]
type Raising = Turn<Seen, Raise, Memory>

/** Gives the choices in turn, and remembers how actions ended. */
const scripted = (choices: readonly (Partial<Choice<Memory>> | Error)[]) => {
  const turns: Raising[] = []
  const strategy: Strategy<Seen, Raise, Memory> = {
    initialMemory: ['born'],
    choose: async (turn, signal) => {
      signal.throwIfAborted()
      const choice = choices[turns.length]
      turns.push(turn)
      if (choice instanceof Error) throw choice
      const { block, memory } = turn
      return { index: null, waitUntilBlock: block + 5, why: 'because', memory, ...choice }
    },
    afterAction: (memory, action, { accepted, block }) => [
      ...memory,
      `${action.args.by} ${accepted ? 'accepted' : 'refused'} ${block}`,
    ],
  }
  return { strategy, turns }
}

/** A player that sees these states in turn, and whose actions end like this. */
const playerOf = (
  strategy: Strategy<Seen, Raise, Memory>,
  seen: readonly (Seen | null)[],
  ends: readonly ActionEnd[] = [],
) => {
  const queries: unknown[] = []
  const requests: ActionRequest[] = []
  const deeds: Deed[] = []
  const player = createPlayer({
    account: '0xa',
    game,
    strategy,
    observe: async (query) => {
      queries.push(query)
      return seen[queries.length - 1] ?? null
    },
    act: async (request, _signal, onSent) => {
      const end = ends[requests.length] ?? expect.fail('an action more than there are ends')
      requests.push(request)
      onSent?.()
      return end
    },
    randomAt: (block) => createRandom(7, block),
    onDeed: (deed) => deeds.push(deed),
  })
  return { player, queries, requests, deeds }
}

const accepted = (block: number): ActionEnd => ({ accepted: true, block, reason: null })

describe('a player', () => {
  it('does what its strategy chooses among the candidates, and remembers how it ended', async () => {
    const { strategy, turns } = scripted([{ index: 1, why: 'more is better' }, {}])
    const seen = [
      { block: 10, total: 4 },
      { block: 12, total: 6 },
    ]
    const { player, queries, requests, deeds } = playerOf(strategy, seen, [accepted(11)])
    const intention = await player.think(NEVER)
    expect(intention).toEqual({
      action: { entrypoint: 'raise', args: { by: 2 } },
      why: 'more is better',
      key: 'bot-10-raise',
    })
    let sent = 0
    await player.perform(intention ?? expect.fail('nothing was chosen'), NEVER, () => (sent += 1))
    expect(await player.think(NEVER)).toBeNull()

    expect(sent).toBe(1)
    expect(requests).toEqual([{ account: '0xa', action: intention?.action, key: 'bot-10-raise' }])
    expect(deeds).toEqual([
      { account: '0xa', action: intention?.action, why: 'more is better', end: accepted(11) },
    ])
    expect(queries).toEqual([{ since: 0 }, { since: 4 }])
    expect(turns).toMatchObject([
      { block: 10, situation: seen[0], memory: ['born'], lastAcceptedBlock: 0 },
      { block: 12, situation: seen[1], memory: ['born', '2 accepted 11'], lastAcceptedBlock: 11 },
    ])
    expect(turns[0]?.candidates).toEqual(game.candidatesOf({ block: 10, total: 4 }))
  })

  it('wakes when its strategy says, and after the block that it saw at the earliest', async () => {
    const { strategy } = scripted([{ waitUntilBlock: 30 }, { waitUntilBlock: 3 }])
    const { player } = playerOf(strategy, [
      { block: 10, total: 0 },
      { block: 30, total: 0 },
    ])
    expect(player.wakeBlock()).toBe(0)
    await player.think(NEVER)
    expect(player.wakeBlock()).toBe(30)
    await player.think(NEVER)
    expect(player.wakeBlock()).toBe(31)
  })

  it('does not choose before there is a block, nor by a state that is older than its last deed', async () => {
    const { strategy, turns } = scripted([{ index: 0 }, {}])
    const seen = [null, { block: 10, total: 0 }, { block: 11, total: 0 }, { block: 12, total: 1 }]
    const { player } = playerOf(strategy, seen, [accepted(12)])
    expect(await player.think(NEVER)).toBeNull()
    const intention = await player.think(NEVER)
    await player.perform(intention ?? expect.fail('nothing was chosen'), NEVER)
    expect(await player.think(NEVER)).toBeNull()
    await player.think(NEVER)
    expect(turns.map(({ block }) => block)).toEqual([10, 12])
  })

  it('tells of a refusal with a block that is not before the one that it waits for', async () => {
    const { strategy, turns } = scripted([{ index: 0, waitUntilBlock: 20 }, {}])
    const seen = [
      { block: 10, total: 0 },
      { block: 20, total: 0 },
    ]
    const untaken = { accepted: false, block: 0, reason: 'TOO_MANY_PENDING' }
    const { player, deeds } = playerOf(strategy, seen, [untaken])
    const intention = await player.think(NEVER)
    await player.perform(intention ?? expect.fail('nothing was chosen'), NEVER)
    await player.think(NEVER)
    expect(turns[1]).toMatchObject({ memory: ['born', '1 refused 20'], lastAcceptedBlock: 0 })
    expect(deeds).toMatchObject([{ end: untaken }])
  })

  it('is as it was before when its strategy fails, and draws the same chance when it tries again', async () => {
    const { strategy, turns } = scripted([new RetryableError('the model is busy'), {}])
    const same = { block: 10, total: 3 }
    const { player, queries } = playerOf(strategy, [same, same])
    await expect(player.think(NEVER)).rejects.toThrow('the model is busy')
    expect(player.wakeBlock()).toBe(0)
    await player.think(NEVER)
    expect(queries).toEqual([{ since: 0 }, { since: 0 }])
    const [first, second] = turns.map(({ random }) => [random(), random()])
    expect(second).toEqual(first)
  })

  it('ends its strategy’s thinking by the signal', async () => {
    const { strategy } = scripted([{}])
    const { player } = playerOf(strategy, [{ block: 10, total: 0 }])
    const reason = new Error('time to go')
    await expect(player.think(AbortSignal.abort(reason))).rejects.toBe(reason)
  })

  it('refuses a choice that is none of the candidates', async () => {
    const { strategy } = scripted([{ index: 2 }])
    const { player } = playerOf(strategy, [{ block: 10, total: 0 }])
    await expect(player.think(NEVER)).rejects.toThrow(FatalError)
  })
})
