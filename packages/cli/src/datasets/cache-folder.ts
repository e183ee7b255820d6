import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Where downloaded data are kept: `LACUNA_CACHE`, else the place that the platform has for it. */
export function cacheFolder(
  environment: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (environment.LACUNA_CACHE) return environment.LACUNA_CACHE
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'lacuna')
  if (platform === 'win32')
    return join(environment.LOCALAPPDATA || join(homedir(), 'AppData', 'Local'), 'lacuna', 'Cache')
  // The XDG specification has relative paths ignored.
  const xdg = environment.XDG_CACHE_HOME
  return join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'lacuna')
}
