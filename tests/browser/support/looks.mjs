// Pages as people see them: light, dark and on a phone.

import { accessible, DESKTOP, fits, PHONE, picture } from './browser.mjs'

const LOOKS = {
  light: { colorScheme: 'light', viewport: DESKTOP },
  dark: { colorScheme: 'dark', viewport: DESKTOP },
  phone: { colorScheme: 'light', viewport: PHONE },
}

/** Looks at a page in every way; each must fit, and be good for those who cannot see it. */
export async function look(who, name, path) {
  if (path) await who.page.goto(who.stack.url + path)
  await who.page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' })
  for (const [look, { colorScheme, viewport }] of Object.entries(LOOKS)) {
    await who.page.emulateMedia({ colorScheme })
    await who.page.setViewportSize(viewport)
    await fits(who.page, `${name}, ${look}`)
    await accessible(who.page, `${name}, ${look}`)
    await whole(who.page, viewport)
    await picture(who.page, `app-${name}-${look}`)
  }
  await who.page.setViewportSize(DESKTOP)
}

/** Makes the window as high as what scrolls in it, for the picture. */
async function whole(page, { width, height }) {
  const hidden = await page.evaluate(() => {
    const content = document.getElementById('content')
    return content ? content.scrollHeight - content.clientHeight : 0
  })
  if (hidden > 0) await page.setViewportSize({ width, height: height + hidden })
}
