import { mount } from 'svelte'
import App from './App.svelte'
import './style/tokens.css'
import './style/base.css'
import { followTheme } from './frame/theme.svelte.js'

followTheme()
mount(App, { target: document.getElementById('studio')! })
