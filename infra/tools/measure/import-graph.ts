/** Circles among files that import each other, by Tarjan's strongly connected components. */

/** Which files each file imports; both sides are paths from the project's root. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>

type Visit = { index: number; low: number; isOpen: boolean }

/**
 * Sets of two or more files that reach each other, the largest first. The walk keeps its own stack:
 * a chain of imports may be longer than a call stack allows.
 */
export const circlesOf = (graph: ImportGraph): readonly (readonly string[])[] => {
  const visits = new Map<string, Visit>()
  const open: string[] = []
  const circles: string[][] = []
  const enter = (file: string): Visit => {
    const visit = { index: visits.size, low: visits.size, isOpen: true }
    visits.set(file, visit)
    open.push(file)
    return visit
  }
  const close = (file: string, { index, low }: Visit): void => {
    if (index !== low) return
    const circle = open.splice(open.indexOf(file))
    for (const member of circle) {
      const visit = visits.get(member)
      if (visit !== undefined) visit.isOpen = false
    }
    if (circle.length > 1) circles.push(circle.sort())
  }
  const walk = (root: string): void => {
    const path = [{ file: root, visit: enter(root), next: 0 }]
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const target = graph.get(top.file)?.[top.next]
      top.next += 1
      if (target === undefined) {
        close(top.file, top.visit)
        path.pop()
        const above = path.at(-1)
        if (above !== undefined) above.visit.low = Math.min(above.visit.low, top.visit.low)
        continue
      }
      const seen = visits.get(target)
      if (seen === undefined && graph.has(target)) {
        path.push({ file: target, visit: enter(target), next: 0 })
      } else if (seen?.isOpen === true) top.visit.low = Math.min(top.visit.low, seen.index)
    }
  }
  for (const file of graph.keys()) if (!visits.has(file)) walk(file)
  return circles.sort((a, b) => b.length - a.length)
}
