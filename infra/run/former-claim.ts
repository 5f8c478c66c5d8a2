/**
 * The claims of an earlier form: the newest of the files `claim-<n>.json` names the process that
 * holds the folder. A program of that form that still runs is to be seen; what else is left of them
 * goes.
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { isRunning } from './process-mark.ts'

const CLAIMANT = z.object({ pid: z.int().positive(), startedAt: z.string().nullable() })

/**
 * Pid of the process that holds the folder by a former claim; null when none does. Claims that were
 * released, whose process is gone, or that cannot be read hold nothing.
 */
export const formerHolder = (folder: string): number | null => {
  const newest = claimsIn(folder).at(-1)
  if (newest === undefined) return null
  const claimant = CLAIMANT.safeParse(contentOf(newest))
  return claimant.success && isRunning(claimant.data) ? claimant.data.pid : null
}

/** To be called while holding the folder, and while nobody does by a former claim. */
export const removeFormerClaims = (folder: string): void => {
  for (const path of claimsIn(folder)) rmSync(path, { force: true })
}

const claimsIn = (folder: string): readonly string[] =>
  readdirSync(folder)
    .flatMap((name) => /^claim-(\d+)\.json$/.exec(name)?.[1] ?? [])
    .toSorted((a, b) => Number(a) - Number(b))
    .map((number) => join(folder, `claim-${number}.json`))

/** Undefined, which is no claimant, for text that is not JSON. */
const contentOf = (path: string): unknown => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
