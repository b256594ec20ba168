/**
 * The wording of state in the languages that tools and their owners write. Entries are words or phrases as they stand
 * after `fold` (lower case, no accents, blanks between words). What a phrase does to the reading is its class.
 */

/**
 * `notice`: neither well nor ill (flapping, downtime, a test); it outweighs the rest. `start`: so by itself only.
 * `well` and `ill`: of things that are watched. `done` and `undone`: of jobs. `trouble`: ill by its nature, so that
 * "no errors" is well; `able`: well by its nature, so that "no longer reachable" is ill.
 */
export type WordClass =
  'notice' | 'start' | 'acknowledged' | 'well' | 'ill' | 'done' | 'undone' | 'trouble' | 'able' | 'report';

const WORDS: Record<WordClass, string> = {
  notice: `
    planned work|planned maintenance
    flapping|flappingstart|flappingstop|flappingdisabled|flapping start|flapping stop|downtime|downtimestart|downtimeend
    downtimestop|downtimecancelled|downtimeremoved|downtime start|downtime end|maintenance|scheduled maintenance|emailtest
    test mail|test email|test message|test notification|test alert|testmail|testnachricht|wartung|wartungsfenster|ausfallzeit
    mantenimiento|manutenzione|manutencao|onderhoud|custom|nodata|insufficient data|insufficient_data|instance changed
    out of office|out of the office|away from my mail|abwesend|abwesenheit|abwesenheitsnotiz|auto reply|autoreply
    automatic reply|automatische antwort|reponse automatique|absence du bureau|fuera de la oficina|respuesta automatica
    fuori sede|risposta automatica|afwezig|afwezigheid|resposta automatica|on vacation|en vacances`,
  acknowledged: `
    acknowledged|acknowledgement|acknowledgment|acked|updated problem|problem updated|bestatigt|quittiert|reconnu|acquitte
    acquittement|reconocido|confermato|riconosciuto|bevestigd|reconhecido`,
  well: `
    alarm geht|storung geht|de nouveau operationnel|de nouveau operationnelle|aterstalld|svarar igen|larm aterstallt
    deasserted|lowered|re established|reestablished|came up|back on line|all good|subsided|alarm ended|alarm over|gegangen|aufgehoben|alarm beendet|storung beendet
    fin d alarme|alarme levee|alerte levee|fin de alarma|fine allarme|cessato allarme|alarm opgeheven|einde storing|voltou ao ar|de volta ao ar
    deactivated|alert reset|alarm reset|alert close|alarm close|incident close|problem close|event close|policy close|issue close|repaired|reconnected
    reporting again|reports again|checked in again|commok|comm ok|communications restored|returned to service|rientro|rientro allarme|retabli le|demarre a nouveau|con conexion
    recovery|recovered|recovers|recover|resolved|resolves|cleared|clears|all clear|back to normal|returned to normal|is back|are back|back up
    back online|back again|came back|come back|has returned|have returned|returned|restored|upalert|uprecovery|fixed|within limits
    within range|within threshold|within thresholds|in range again|within the range|ok again|up again|works again|working again|reachable again
    available again|alive again|responding again|running again|normalized|normalised|now ok|now up|now healthy|now normal
    normal again|problem closed|alert closed|incident closed|closed|solved|remediated|mitigated|stabilized|ended
    behoben|wieder ok|wieder online|wieder erreichbar|wieder verfugbar|wieder normal|wieder da|wieder in ordnung|wiederhergestellt
    entwarnung|gelost|erholt|normalisiert|wieder aufgenommen|wieder im normalbereich|wieder unter|im normalbereich|geklart|wieder gesund
    retabli|retablie|retablissement|retour a la normale|resolu|resolue|revenu a la normale|de nouveau disponible|de nouveau joignable
    de nouveau accessible|a nouveau|de nouveau en ligne|acquitte et resolu|fin d alerte|fin de l alerte|de nouveau ok
    recuperado|recuperada|recuperacion|resuelto|resuelta|restablecido|restablecida|restaurado|restaurada|vuelve a|ha vuelto
    vuelto a la normalidad|solucionado|solucionada|de nuevo disponible|normalizado|normalizada|nuevamente
    ripristinato|ripristinata|ripristino|risolto|risolta|rientrato|rientrata|tornato|tornata|di nuovo disponibile|di nuovo online
    di nuovo raggiungibile|normalizzato
    hersteld|herstel|opgelost|weer bereikbaar|weer beschikbaar|weer online|weer ok|weer normaal|terug online|terug normaal
    verholpen|resolvido|resolvida|restabelecido|restabelecida|normalizou|voltou|recuperacao|de volta`,
  ill: `
    alarm kommt|storung kommt|en defaut|defaut|larm|svarar inte|avbrott
    asserted|raised|too|low|slow|packet loss|nearing|approaching|imminent|is stopped|has stopped|halted|frozen|evicted|unauthorized|inoperative|inoperable
    disconnect|not connected|not ready|backlog|starvation|oom|congested|congestion|revoked|virus|threat|threats|infection|intruder|found differences|differences|discrepancies
    lost contact|gekommen|niedrig|trop|demasiado|troppo|alerte|alertes|alarma|alarmas|allarmi|est arrete|est arretee|bajo|basso|bassa|laag|bijna vol|quase cheio
    activated|fired|no data|lowbatt|low battery|commbad|nocomm|blacklisted|blocklisted|vulnerability|vulnerabilities|unusual|abnormal|caution|trouble|fenced|tripped
    intervention needed|intervention required|action required|action needed|attention required|security events|not optimal|criticals|red|yellow|amber|did not run|has not run|not run
    has not reported|failed to report|missed its check in|brute force|malware|ransomware|stopped responding|stopped working|lost connection|connection lost
    problem|problems|alert|alerts|alarm|alarms|alarme|firing|triggered|alerting|critical|crit|fatal|panic|emergency|warning|warnings|warn|down
    unhealthy|unreachable|not reachable|unavailable|not available|not responding|no response|does not respond|not respond
    doesn t respond|unresponsive|degraded|offline|outage|disconnected|does not exist|doesn t exist|not running|is not running|stalled
    hung|hangs|stuck|dead|died|crashed|crash|crashes|crashing|crash looping|killed|timed out|timeout|time out|exceeded|exceeds|exceeding|above threshold
    over threshold|below threshold|breached|breach|violated|violation|violations|violates|out of range|out of memory|outside|too high|too low
    too many|too few|too long|too slow|full|nearly full|almost full|filling|filling up|running out|no space left|low disk|disk space low|exhausted|expired
    expires|expiring|expire|expiration|overdue|overheating|overheated|overload|overloaded|lost|missing|missed|late|delayed|delay|lagging
    refused|denied|rejected|banned|blocked|attack|intrusion|infected|tampered|mismatch|corrupt|corrupted|corruption|faulty
    fault|faulted|broken|bad|invalid|exception|exceptions|traceback|on battery|onbattery|onbatt|battery needs|needs changing|needs attention
    needs replacing|replace battery|fail event|failevent|degradedarray|degraded array|not ok|not healthy|not synchronized|not in sync|out of sync|unknown|unusable
    quota exceeded|high|disaster|incident|anomaly|suspicious|vulnerable|unexpected
    is gone|gone|lockup|deadlock|split brain|prefailure|predictive failure|no route to host|absent|removed from|ejected|match|matched|not found
    problem started|unsatisfied|saturated|throttled|throttling|leak|leaking|spike
    problem gemeldet|storung|stoerung|ausfall|ausgefallen|fehlt|fehlerhaft|kritisch|warnung|nicht erreichbar|unerreichbar
    nicht verfugbar|antwortet nicht|reagiert nicht|uberschritten|unterschritten|abgelaufen|lauft ab|voll|fast voll|zu hoch|zu niedrig
    zu viele|ubergelaufen|verloren|getrennt|gestort|defekt|uberlastet|abgesturzt|alarmiert|ausser betrieb
    probleme|panne|incident en cours|critique|avertissement|injoignable|inaccessible|indisponible|hors ligne|hors service|depasse
    depassee|ne repond pas|ne repond plus|expire le|sature|saturee|plein|pleine|perdu|perdue|en panne|degrade|degradee|arrete|interrompu|interrompue
    trop eleve|trop elevee|trop haute|trop haut
    problema|critico|critica|advertencia|alerta|caido|caida|inalcanzable|no disponible|no responde|superado|superada|vencido|lleno|llena
    sin conexion|fuera de servicio|perdido|perdida|degradado|degradada|demasiado alto|demasiado alta|sin respuesta|inaccesible|sin espacio
    allarme|avviso|irraggiungibile|non raggiungibile|non disponibile|non risponde|superata|superato|scaduto|scaduta|pieno|piena|guasto
    fuori servizio|degradato|troppo alto|troppo alta|interrotto|interrotta
    probleem|storing|waarschuwing|kritiek|onbereikbaar|niet bereikbaar|niet beschikbaar|reageert niet|overschreden|verlopen|vol|uitgevallen
    te hoog|te laag|verbroken|buiten gebruik
    aviso|fora do ar|indisponivel|inacessivel|nao responde|excedido|excedida|cheio|cheia|expirado|expirada|inalcancavel|muito alto|muito alta
    falha de energia|interrompido`,
  done: `
    fin normale|ended normally|normal end|succeed
    success|successful|successfully|succeeded|succeeds|passed|passes|completed|complete|completes|finished|finishes|finished ok|done|accomplished|installed|deployed
    rolled out|loaded|synced|synchronized|verified|up to date|delivered|uploaded|renewed|processed
    all tests passed|erfolgreich|erfolg|abgeschlossen|fertig|beendet|durchgefuhrt|erledigt|gelungen
    reussi|reussie|succes|termine|terminee|effectue|effectuee|avec succes|acheve
    exito|exitoso|exitosa|correctamente|completado|completada|finalizado|finalizada|terminado|realizado
    riuscito|riuscita|successo|completato|completata|terminato|terminata|eseguito con successo
    geslaagd|gelukt|succesvol|voltooid|afgerond|klaar
    sucesso|concluido|concluida|realizado com sucesso|bem sucedido|bem sucedida`,
  undone: `
    fin anormale|ended abnormally|abnormal end|not renewed
    fatal error|with errors|with failures|mit fehlern|mit fehler|avec erreurs|avec des erreurs|con errores|con errori|met fouten|com erros|did not finish|not finished
    failed|failure|failures|fails|fail|failing|aborted|aborting|abort|unsuccessful|unsuccessfully|not successful|could not|couldn t
    cannot|can t|unable to|incomplete|did not complete|not completed|cancelled|canceled|terminated with|exit status|exit code|exited with
    non zero|nonzero|undelivered|undeliverable|returned to sender|returning message to sender|returned mail|delivery status notification|skipped with errors
    fehlgeschlagen|gescheitert|misslungen|abgebrochen|nicht erfolgreich|konnte nicht|nicht moglich|unvollstandig|unzustellbar
    echoue|echec|a echoue|avorte|impossible de|n a pas pu|non remis
    fallo|fallido|fallida|fallos|ha fallado|fracasado|abortado|no se pudo|no pudo|no completado|cancelado
    fallito|fallita|non riuscito|non riuscita|impossibile|annullato|interrotto con errore|fallimento
    mislukt|gefaald|afgebroken|kon niet|niet gelukt|niet voltooid
    falhou|falha|falhas|nao foi possivel|abortada|malsucedido`,
  trouble: `
    error|errors|errored|erroneous|fehler|erreur|erreurs|error de|errore|errori|fout|fouten|erro|erros|err
    issue|issues`,
  able: `
    ready|oks|optimal|clear|synchronous|redundant|in sync|reporting
    ok|okay|okey|healthy|reachable|available|accessible|responding|normal|alive|stable|online|active|running|operational|up|exists|inactive|connected|succeeds again|good|green
    in ordnung|erreichbar|verfugbar|gesund|stabil|joignable|disponible|accesible|alcanzable|en ligne|en linea|raggiungibile
    disponibile|in linea|bereikbaar|beschikbaar|gezond|disponivel|acessivel|operacional|saudavel|on line|normaal|normale`,
  start: `
    started|stopped|restarted|starting|stopping|rebooted|booted|reboot|startup|shutdown|shutting down|gestartet|gestoppt|neu gestartet|neustart
    began|begun|beginning|begins|begonnen|beginnt|commence|commencee|demarree|iniciada|comenzado|comenzada|avviata|gestart
    demarre|redemarre|iniciado|detenido|reiniciado|avviato|arrestato|riavviato|gestopt|herstart`,
  report: `
    report|reports|summary|digest|statistics|stats|overview|logwatch|changelog|changelogs|news|newsletter|audit log|changed files
    changes|changed|weekly|daily|monthly|inventory|bericht|zusammenfassung|ubersicht|wochenbericht|tagesbericht|statistik
    rapport|resume|resumen|informe|estadisticas|rapporto|riepilogo|statistiche|overzicht|samenvatting|rapportage|relatorio|resumo
    root login|login on|logged in|new login|login from|sign in|change notice|updates available|package updates|pending updates|package update|updates|listing|status report|audit
    update available|update alert|new update|new updates|new version|new release|firmware update|upgrade available|updates ready|mise a jour disponible|aktualisierung verfugbar|aktualisierungen verfugbar`,
};

const PHRASES = new Map<string, WordClass>();
/** By first word: the number of words of the longest phrase. */
const LONGEST = new Map<string, number>();
for (const wordClass of Object.keys(WORDS) as WordClass[]) {
  for (const phrase of WORDS[wordClass].split(/[|\n]/)) learn(phrase.trim(), wordClass);
}

function learn(phrase: string, wordClass: WordClass): void {
  if (!phrase) return;
  const words = phrase.split(' ');
  const head = words[0] ?? '';
  PHRASES.set(phrase, wordClass);
  LONGEST.set(head, Math.max(LONGEST.get(head) ?? 0, words.length));
}

/** @returns 0 when no phrase begins with the word */
export function longestFrom(word: string): number {
  return LONGEST.get(word) ?? (isExceptionName(word) ? 1 : 0);
}

/** @param phrase folded words with one blank between */
export function classOf(phrase: string): WordClass | undefined {
  return PHRASES.get(phrase) ?? (isExceptionName(phrase) ? 'ill' : undefined);
}

/** Says that something is wrong, and what: it stays in the matter of a subject. */
export function isExceptionName(word: string): boolean {
  return EXCEPTION.test(word) && !PHRASES.has(word);
}

/** Names of classes: "NullPointerException", "NoSuchMethodError". */
const EXCEPTION = /^[a-z]{2,60}(?:exception|error)$/;

const asSet = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** Turn what follows into its opposite, up to two words later. */
export const NEGATIONS = asSet(
  'no not without zero 0 nicht kein keine ohne ne non sans sin ni senza niet geen zonder nao sem isn aren',
);
/** "no longer critical": it is over. "no longer reachable": it has begun. */
export const NO_LONGER = asSet('longer mehr plus ya piu meer mais');
/** Words that also only announce: "Alert: x", "Problem with x" and the text says that it is over. */
export const WEAK = asSet(
  'alert alerts alarm alarms alarme alerta unknown high lost late full vol bad outside gone delay incident unexpected match low slow too niedrig bajo basso bassa laag raised differences alerte alarma alarmas',
);

/** Words of jobs: their outcome is success or failure, that of other things is recovery or problem. */
export const JOBS = asSet(
  `backup backups job jobs build builds deploy deployment deploying release pipeline dump dumps sync synchronization update updates upgrade upgrades import export run
  script task tasks cron restore rotation verification etl archive migration transfer upload download batch rsync
  playbook workflow renewal snapshot snapshots installation test tests scan deployment deploys copy traitement traitements verarbeitung lauf proceso verify verification renew forget prune install sicherung datensicherung auftrag
  sauvegarde tache respaldo copia tarea trabajo lavoro attivita taak back-up copie tarefa rotina`,
);
/** Of things that are watched: "Connection succeeded" is a recovery, not a job's success. */
export const WATCHED = asSet(
  `connection service host server check ping http https ssl tls disk drive power fan sensor port process probe monitor link interface node battery filesystem
  raid array volume health login authentication permission status size verbindung dienst connexion conexion connessione verbinding conexao servicio servizio`,
);

const ACCENTS = /[\u0300-\u036f]/g;

/** Lower case without accents: `Überschritten` → `uberschritten`. */
export function fold(text: string): string {
  const lower = text.toLowerCase();
  // ASCII, the usual case, needs no normalising.
  return /^[\0-\x7f]*$/.test(lower) ? lower : lower.normalize('NFD').replace(ACCENTS, '').replace(/ß/g, 'ss');
}
