import { describe, expect, it } from 'vitest'
import { createShutdown } from './shutdown.ts'

describe('shutdown', () => {
  it('stops in reverse order, once, and goes on after a failing or hanging step', async () => {
    const stopped: string[] = []
    const shutdown = createShutdown({ stepMsMax: 20 })
    shutdown.add('database', () => stopped.push('database'))
    shutdown.add('hanging', () => new Promise(() => stopped.push('hanging')))
    shutdown.add('failing', async () => {
      stopped.push('failing')
      throw new Error('no')
    })
    shutdown.add('api', () => stopped.push('api'))
    const [first, second] = await Promise.all([shutdown.close(), shutdown.close()])
    expect(stopped).toEqual(['api', 'failing', 'hanging', 'database'])
    expect(first).toEqual(['failing: no', 'hanging did not stop within 20 ms'])
    expect(second).toBe(first)
  })

  it('begins every step, and waits for none when its time is over', async () => {
    const shutdown = createShutdown({ stepMsMax: 60_000, msMax: 20 })
    const stopped: string[] = []
    shutdown.add('folder', () => stopped.push('folder'))
    shutdown.add('late', () => new Promise(() => stopped.push('late')))
    shutdown.add('hanging', () => new Promise(() => stopped.push('hanging')))
    expect(shutdown.begun.aborted).toBe(false)
    const closing = shutdown.close()
    expect(shutdown.begun.aborted).toBe(true)
    const faults = await closing
    expect(stopped).toEqual(['hanging', 'late', 'folder'])
    expect(faults.map((fault) => fault.split(' did')[0])).toEqual(['hanging', 'late'])
  })
})
