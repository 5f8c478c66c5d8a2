import { describe, expect, it } from 'vitest'
import { rovingStep, usesKey } from './keys.ts'

describe('the keys of the page', () => {
  it('are left to whatever a person writes into or chooses from', () => {
    for (const key of ['l', '/', 'ArrowLeft', 'Enter', '5']) {
      for (const type of ['text', 'search', 'number', ''])
        expect(usesKey({ tagName: 'INPUT', type }, key)).toBe(true)
      expect(usesKey({ tagName: 'SELECT' }, key)).toBe(true)
      expect(usesKey({ tagName: 'TEXTAREA' }, key)).toBe(true)
      expect(usesKey({ tagName: 'DIV', isContentEditable: true }, key)).toBe(true)
    }
  })

  it('work beside a slider, which keeps the keys that move it and no others', () => {
    const range = { tagName: 'INPUT', type: 'range' }
    for (const key of ['l', '/', '?', '[', ']', 'f', '+', '-'])
      expect(usesKey(range, key)).toBe(false)
    for (const key of ['ArrowLeft', 'ArrowUp', 'Home', 'PageDown'])
      expect(usesKey(range, key)).toBe(true)
  })

  it('work beside buttons and boxes, which keep Enter', () => {
    for (const target of [{ tagName: 'BUTTON' }, { tagName: 'INPUT', type: 'checkbox' }]) {
      expect(usesKey(target, 'l')).toBe(false)
      expect(usesKey(target, 'ArrowLeft')).toBe(false)
      expect(usesKey(target, 'Enter')).toBe(true)
    }
    expect(usesKey({ tagName: 'BODY' }, 'Enter')).toBe(false)
  })
})

describe('many buttons as one stop', () => {
  it('are walked with the arrows, as far as they go', () => {
    expect(rovingStep('ArrowDown', 0, 3)).toBe(1)
    expect(rovingStep('ArrowRight', 2, 3)).toBe(2)
    expect(rovingStep('ArrowUp', 0, 3)).toBe(0)
    expect(rovingStep('Home', 2, 3)).toBe(0)
    expect(rovingStep('End', 0, 3)).toBe(2)
    expect(rovingStep('Tab', 0, 3)).toBeNull()
  })
})
