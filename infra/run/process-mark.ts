/**
 * What tells a process apart from all others, as far as the system says: written down by the holder
 * of something, and looked at by those who want it too. It decides nothing where a pid may belong to
 * another namespace; it names the holder.
 */
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

/** A process. What the system does not say is null. */
export type ProcessMark = Readonly<{
  pid: number
  /** Boot and clock tick at which it started: tells it from a later process with the same pid. */
  startedAt: string | null
  /** Name of the pid namespace in which it has this pid. */
  namespace: string | null
  /** Name of the machine or container. */
  host: string
}>

/** The mark of this process. */
export const ownMark = (): ProcessMark => ({
  pid: process.pid,
  startedAt: startOf(process.pid),
  namespace: ownNamespace(),
  host: hostname(),
})

/** Whether the pid of this mark means here what it meant there. */
export const isOfThisNamespace = ({ namespace, host }: ProcessMark): boolean =>
  namespace === ownNamespace() && host === hostname()

/** Whether a process with this pid runs here that started then, as far as both can be known. */
export const isRunning = ({ pid, startedAt }: Pick<ProcessMark, 'pid' | 'startedAt'>): boolean => {
  try {
    process.kill(pid, 0) // sends nothing, only asks whether it could
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false
  }
  const startNow = startOf(pid)
  return startedAt === null || startNow === null || startNow === startedAt
}

const startOf = (pid: number): string | null => {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1) ?? ''
    return `${boot}/${afterName.split(' ')[19] ?? ''}`
  } catch {
    return null // no /proc: the pid alone has to do
  }
}

const ownNamespace = (): string | null => {
  try {
    return readlinkSync('/proc/self/ns/pid')
  } catch {
    return null // not Linux, or no /proc
  }
}
