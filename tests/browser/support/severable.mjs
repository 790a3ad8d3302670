// A page whose live connection can be cut while everything else goes on: what a lift or a tunnel does to a phone.

/** `cut` ends what is open and lets nothing through, `mend` lets it through again. Call it before the page is opened. */
export async function severable(page) {
  const open = new Set()
  let isCut = false
  await page.routeWebSocket(/\/api\/socket/, (route) => {
    if (isCut) return route.close()
    route.connectToServer()
    open.add(route)
  })
  await page.route(/\/api\/socket(\?|$)/, (route) => (isCut ? route.abort() : route.continue()))
  return {
    cut: async () => {
      isCut = true
      await Promise.all([...open].map((route) => route.close()))
      open.clear()
    },
    mend: () => {
      isCut = false
    },
  }
}
