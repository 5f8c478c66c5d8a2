import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('work is done one piece after the other, also after one that failed', async () => {
  const inTurn = createTurns()
  const done: string[] = []
  const work = (name: string) => async (): Promise<string> => {
    done.push(`${name} begins`)
    await Promise.resolve()
    done.push(`${name} ends`)
    return name
  }
  const failing = inTurn(async () => {
    throw new Error('broken')
  })
  const others = ['first', 'second'].map((name) => inTurn(work(name)))
  await expect(failing).rejects.toThrow('broken')
  expect(await Promise.all(others)).toEqual(['first', 'second'])
  expect(done).toEqual(['first begins', 'first ends', 'second begins', 'second ends'])
})
