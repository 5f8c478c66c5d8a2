/** What every Act does, whatever carries the commands. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RetryableError } from '../domain/errors.ts'
import type { Felt } from '../domain/felt.ts'
import { NEVER } from '../domain/waiting/pause.ts'
import type { Act, Action, ActionEnd, ActionRequest } from './act.ts'

type Disappointing = Readonly<{ action: Action; reason: string }>

/** A chain, and a way to act on it. */
export type ActStage = Readonly<{
  act: Act
  /** Two accounts for which commands are taken. */
  accounts: readonly [Felt, Felt]
  /** An action that the game accepts, again and again. */
  accepted: Action
  /** One that the game refuses. */
  refused: Disappointing
  /** One that no command is made of. */
  untaken: Disappointing
  /** Makes a block of everything that was sent. */
  makeBlock: () => Promise<unknown>
  /** Entrypoints of the actions that took place, accepted or refused, in their order. */
  happened: () => readonly string[]
  close: () => Promise<void>
}>

/** A stage on which one acts over a line, which can fail. */
export type LinedActStage = ActStage &
  Readonly<{
    /** The next requests fail to arrive. */
    loseRequests: (count: number) => void
    /** The next requests arrive, but nothing comes back. */
    loseAnswers: (count: number) => void
    /** The next request is refused for good. */
    refuseRequest: () => void
  }>

let keys = 0
/** A key that no other test uses. */
const freshKey = (): string => `contract-${++keys}`

/** An action under way: when it is sent, how often it said so, and how it ends. */
const begin = (
  act: Act,
  account: Felt,
  action: Action,
  { key = freshKey(), signal = NEVER }: Readonly<{ key?: string; signal?: AbortSignal }> = {},
) => {
  const request: ActionRequest = { account, action, key }
  const { promise: sent, resolve } = Promise.withResolvers<void>()
  let told = 0
  const ended = act(request, signal, () => {
    told += 1
    resolve()
  })
  return { sent, ended, told: () => told }
}

/** Runs the suite. */
export const describeAct = (name: string, open: () => Promise<ActStage>): void => {
  describe(`${name} acts`, () => {
    let stage: ActStage
    beforeAll(async () => {
      stage = await open()
    })
    afterAll(() => stage.close())

    /** How an action ends that is sent and then put into a block. */
    const endOf = async (action: Action): Promise<ActionEnd> => {
      const { sent, ended } = begin(stage.act, stage.accounts[0], action)
      await sent
      await stage.makeBlock()
      return ended
    }

    it('and tells how it ended: in which block, and accepted without a reason', async () => {
      const end = await endOf(stage.accepted)
      expect(end).toEqual({ accepted: true, block: expect.any(Number), reason: null })
      expect(end.block).toBeGreaterThan(0)
      expect((await endOf(stage.accepted)).block).toBeGreaterThan(end.block)
    })

    it('and tells why the game refused', async () => {
      const { action, reason } = stage.refused
      const end = await endOf(action)
      expect(end).toEqual({ accepted: false, block: expect.any(Number), reason })
      expect(end.block).toBeGreaterThan(0)
    })

    it('not at all when no command is taken, and tells why', async () => {
      const before = stage.happened().length
      const { action, reason } = stage.untaken
      const { ended, told } = begin(stage.act, stage.accounts[0], action)
      expect(await ended).toEqual({ accepted: false, block: 0, reason })
      await stage.makeBlock()
      expect(told()).toBe(0)
      expect(stage.happened()).toHaveLength(before)
    })

    it('and says once that it was sent, before it ends; those sent later happen later', async () => {
      const { act, accounts, accepted, refused, makeBlock, happened } = stage
      const before = happened().length
      const orders = [
        [accepted, refused.action],
        [refused.action, accepted],
      ] as const
      for (const [first, second] of orders) {
        const one = begin(act, accounts[1], first)
        await one.sent
        const other = begin(act, accounts[0], second)
        await other.sent
        expect(happened()).toHaveLength(before + (first === accepted ? 0 : 2))
        await makeBlock()
        await Promise.all([one.ended, other.ended])
        expect([one.told(), other.told()]).toEqual([1, 1])
      }
      expect(happened().slice(before)).toEqual(orders.flat().map(({ entrypoint }) => entrypoint))
    })

    it('once for each key of an account, however often it is asked', async () => {
      const { act, accounts, accepted, makeBlock, happened } = stage
      const before = happened().length
      const key = freshKey()
      const first = begin(act, accounts[0], accepted, { key })
      const repeated = begin(act, accounts[0], accepted, { key })
      const foreign = begin(act, accounts[1], accepted, { key })
      await Promise.all([first.sent, repeated.sent, foreign.sent])
      await makeBlock()
      const end = await first.ended
      expect(await repeated.ended).toEqual(end)
      expect((await foreign.ended).accepted).toBe(true)
      expect(await begin(act, accounts[0], accepted, { key }).ended).toEqual(end)
      expect(happened()).toHaveLength(before + 2)
    })

    it('not for an aborted signal, and waits no longer for one that aborts: it throws the reason', async () => {
      const { act, accounts, accepted, makeBlock, happened } = stage
      const before = happened().length
      const reason = new Error('time to go')
      const unbegun = begin(act, accounts[0], accepted, { signal: AbortSignal.abort(reason) })
      await expect(unbegun.ended).rejects.toBe(reason)
      const stop = new AbortController()
      const { sent, ended } = begin(act, accounts[0], accepted, { signal: stop.signal })
      await sent
      stop.abort(reason)
      await expect(ended).rejects.toBe(reason)
      await makeBlock()
      expect(happened()).toHaveLength(before + 1)
    })
  })
}

/** Runs the suite, and what only a line can show. */
export const describeActOverLine = (name: string, open: () => Promise<LinedActStage>): void => {
  describeAct(name, open)
  describe(`${name} acts over a line`, () => {
    let stage: LinedActStage
    beforeAll(async () => {
      stage = await open()
    })
    afterAll(() => stage.close())

    it.each(['loseRequests', 'loseAnswers'] as const)(
      'once, although the line loses what it sends or hears (%s)',
      async (lose) => {
        const { act, accounts, accepted, makeBlock, happened } = stage
        const before = happened().length
        stage[lose](2)
        const { sent, ended, told } = begin(act, accounts[0], accepted)
        await sent
        await makeBlock()
        expect((await ended).accepted).toBe(true)
        expect(told()).toBe(1)
        expect(happened()).toHaveLength(before + 1)
      },
    )

    it('not, and throws, when trying again cannot help', async () => {
      const before = stage.happened().length
      stage.refuseRequest()
      const { ended, told } = begin(stage.act, stage.accounts[0], stage.accepted)
      const error = await ended.catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Error)
      expect(error).not.toBeInstanceOf(RetryableError)
      await stage.makeBlock()
      expect(told()).toBe(0)
      expect(stage.happened()).toHaveLength(before)
    })
  })
}
