/** What every Observe does, whatever game it shows and wherever it looks. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RetryableError } from '../domain/errors.ts'
import { NEVER } from '../domain/waiting/pause.ts'
import type { Observe, Observed } from './observe.ts'

/** A world without any block, and a way to look at it. */
export type ObserveStage<Query> = Readonly<{
  observe: Observe<Query, Observed>
  query: Query
  /** Makes a block; its number. Resolves when the read models cover it. */
  makeBlock: () => Promise<number>
  close: () => Promise<void>
}>

/** A stage that is looked at over a line, which can fail. */
export type LinedObserveStage<Query> = ObserveStage<Query> &
  Readonly<{
    /** Whether requests fail to arrive from now on. */
    cut: (isCut: boolean) => void
    /** Holds requests that come from now on until the returned function is called. */
    hold: () => () => void
  }>

/** Runs the suite. */
export const describeObserve = <Query>(
  name: string,
  open: () => Promise<ObserveStage<Query>>,
): void => {
  describe(`${name} observes`, () => {
    let stage: ObserveStage<Query>
    beforeAll(async () => {
      stage = await open()
    })
    afterAll(() => stage.close())

    it('nothing before the first block, then always the newest', async () => {
      const { observe, query, makeBlock } = stage
      expect(await observe(query, NEVER)).toBeNull()
      for (let blocks = 0; blocks < 3; blocks += 1) {
        const block = await makeBlock()
        expect((await observe(query, NEVER))?.block).toBe(block)
      }
    })

    it('the same as before while no block comes', async () => {
      const { observe, query } = stage
      expect(await observe(query, NEVER)).toEqual(await observe(query, NEVER))
    })

    it('nothing for an aborted signal, whose reason it throws', async () => {
      const reason = new Error('time to go')
      await expect(stage.observe(stage.query, AbortSignal.abort(reason))).rejects.toBe(reason)
    })
  })
}

/** Runs the suite, and what only a line can show. */
export const describeObserveOverLine = <Query>(
  name: string,
  open: () => Promise<LinedObserveStage<Query>>,
): void => {
  describeObserve(name, open)
  describe(`${name} observes over a line`, () => {
    let stage: LinedObserveStage<Query>
    beforeAll(async () => {
      stage = await open()
      await stage.makeBlock()
    })
    afterAll(() => stage.close())

    it('with a RetryableError while the line is cut, and as before when it is mended', async () => {
      const { observe, query, cut } = stage
      const before = await observe(query, NEVER)
      cut(true)
      await expect(observe(query, NEVER)).rejects.toBeInstanceOf(RetryableError)
      cut(false)
      expect(await observe(query, NEVER)).toEqual(before)
    })

    it('no longer once the signal aborts, whose reason it throws', async () => {
      const { observe, query, hold } = stage
      const stop = new AbortController()
      const reason = new Error('time to go')
      const release = hold()
      const ended = expect(observe(query, stop.signal)).rejects.toBe(reason)
      stop.abort(reason)
      await ended
      release()
    })
  })
}
