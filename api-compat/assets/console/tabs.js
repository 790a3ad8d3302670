// Tabs as the ARIA Authoring Practices describe them: arrows move, and what is chosen is shown.

/** Calls `chosen` with the name of the tab that is shown. */
export function startTabs(list, chosen) {
  const tabs = [...list.querySelectorAll('[role=tab]')]
  const select = (tab, focus) => {
    for (const one of tabs) {
      const selected = one === tab
      one.setAttribute('aria-selected', String(selected))
      one.tabIndex = selected ? 0 : -1
      document.getElementById(one.getAttribute('aria-controls')).hidden = !selected
    }
    if (focus) tab.focus()
    chosen(tab.id.replace('tab-', ''))
  }
  for (const tab of tabs) tab.addEventListener('click', () => select(tab, false))
  list.addEventListener('keydown', (event) => {
    const at = tabs.indexOf(document.activeElement)
    const last = tabs.length - 1
    const target = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    }[event.key]
    if (at < 0 || target === undefined) return
    event.preventDefault()
    select(tabs[target], true)
  })
}
