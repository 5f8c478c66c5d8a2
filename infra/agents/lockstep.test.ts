import { expect, it } from 'vitest'
import type { Player } from '../../agents/player.ts'
import { runLockstepRound } from './lockstep.testing.ts'

const intention = {
  action: { entrypoint: 'regenerate_energy', args: {} },
  why: '',
  key: 'k',
} as const

it('lets those that are awake decide on one state, sends in a fixed order, and ends with the block', async () => {
  const happened: string[] = []
  const block = Promise.withResolvers<void>()
  const player = (name: string, wakeBlock: number, thinkTurns: number, wants = true): Player => ({
    account: '0xa',
    wakeBlock: () => wakeBlock,
    think: async () => {
      for (let turn = 0; turn < thinkTurns; turn += 1) await Promise.resolve()
      happened.push(`${name} thought`)
      return wants ? intention : null
    },
    perform: async (_, __, onSent) => {
      await Promise.resolve()
      happened.push(`${name} sent`)
      onSent?.()
      await block.promise
      happened.push(`${name} done`)
    },
  })
  const players = [
    player('a', 0, 5),
    player('b', 6, 0),
    player('c', 5, 0),
    player('d', 5, 2, false),
  ]
  const chain = {
    generateBlock: async () => {
      happened.push('block')
      block.resolve()
      return 6
    },
    reached: async () => void happened.push('read'),
  }
  expect(await runLockstepRound(players, chain, 5, new AbortController().signal)).toBe(6)
  expect(happened.slice(0, 3).toSorted()).toEqual(['a thought', 'c thought', 'd thought'])
  expect(happened.slice(3, 6)).toEqual(['a sent', 'c sent', 'block'])
  expect(happened.slice(6).toSorted()).toEqual(['a done', 'c done', 'read'])
})

it('fails the round when a performance fails before it is sent', async () => {
  const failing: Player = {
    account: '0xa',
    wakeBlock: () => 0,
    think: async () => intention,
    perform: async () => {
      throw new Error('refused for good')
    },
  }
  const chain = { generateBlock: async () => 1, reached: async () => {} }
  await expect(runLockstepRound([failing], chain, 0, new AbortController().signal)).rejects.toThrow(
    'refused for good',
  )
})
