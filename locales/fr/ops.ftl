ops-console = Console
ops-operator = Opérateur
ops-nav-fleet = Flotte
ops-nav-queues = Files
ops-nav-jobs = Tâches
ops-nav-own = Votre établissement
ops-nav-dashboard = Tableau de bord

ops-queue = { $queue ->
    [email] E-mails
    [pdf] Documents
    [maintenance] Entretien
    [dispatch] Répartiteur
   *[other] { $queue }
}
ops-kind = { $kind ->
    [send_booking_confirmation] Confirmer un rendez-vous par e-mail
    [send_booking_cancellation] Annoncer une annulation par e-mail
    [send_booking_reschedule] Annoncer un nouvel horaire par e-mail
    [send_booking_reminder] Rappeler un rendez-vous par e-mail
    [make_booking_summary] Créer le document d’un rendez-vous
    [send_email_verification] Demander de confirmer une adresse
    [send_email_confirmation] Envoyer un lien de changement d’adresse
    [send_email_change_notice] Prévenir d’un changement d’adresse
    [send_invitation] Envoyer une invitation
    [send_account_notice] Prévenir d’un événement de compte
    [send_platform_notice] Dire à un propriétaire ce que la plateforme a fait
    [send_password_reset] Envoyer un lien de mot de passe
    [send_unlock_link] Laisser entrer qui est bloqué
    [send_customer_sign_in] Envoyer un lien de connexion à un client
    [send_account_reminder] Rappeler un compte existant
    [send_limit_warning] Prévenir que le forfait s’épuise
    [remind_of_bookings] Rappeler les rendez-vous du lendemain
    [remind_tenants] Rappeler là où le soir est venu
    [expire_hold] Libérer une réservation non réglée
    [send_waitlist_welcome] Liste d’attente : inscription
    [send_waitlist_offer] Liste d’attente : créneau proposé
    [send_series_confirmation] Confirmer ce qui se répète
    [offer_freed_time] Proposer un créneau libéré
    [export_customers] Écrire tous les clients dans un fichier
    [drop_image] Supprimer les fichiers d’une image
    [drop_export] Supprimer le fichier d’un export
    [import_customers] Importer des clients d’un fichier
    [drop_import] Supprimer le fichier d’un import
    [drop_document] Supprimer un document
    [drop_intake_file] Supprimer un fichier resté sans réservation
    [extend_tenants] Chercher les événements récurrents arrivés à portée
    [extend_private_events] Inscrire les événements privés récurrents
    [apply_retention] Chercher ce qui est gardé trop longtemps
    [forget_old_records] Oublier qui est venu il y a longtemps
    [sweep_expired] Effacer ce qui a expiré
   *[other] { $kind }
}
ops-state = { $state ->
    [due] À faire
    [leased] En cours
    [scheduled] Planifiées
   *[dead] En échec
}

ops-due = À faire
ops-leased = En cours
ops-running = En exécution
ops-scheduled = Planifiées
ops-dead = En échec
ops-or-more = ou plus
ops-oldest = La plus ancienne attend depuis
ops-oldest-head = Plus longue attente
ops-nothing-waits = Rien n’attend
ops-workers-of = { $workers ->
    [0] aucun processus
    [one] 1 processus, { $running } sur { $places } places occupées
   *[other] { $workers } processus, { $running } sur { $places } places occupées
}
ops-runs = { $count ->
    [0] aucune exécution
    [one] 1 exécution
   *[other] { $shown } exécutions
}
ops-fine = En ordre
ops-late = En retard
ops-failing = Des échecs
ops-paused = En pause
ops-no-worker = Personne ne travaille
ops-no-redis = Redis ne répond pas
ops-no-redis-text = Les tâches attendent dans la base de données. Rien n’est perdu : elles partent dès que Redis revient.
ops-silent = Rien ne distribue les tâches
ops-silent-text = Aucun répartiteur n’a donné signe de vie depuis 15 secondes. Ce qui est à faire attend qu’il y en ait un.

ops-workers = Processus
ops-workers-none = Aucun signe de vie
ops-workers-none-text = Les processus se signalent toutes les quelques secondes. Aucun ne l’a fait depuis 15 secondes.
ops-worker-does = Rôle
ops-worker-host = Machine
ops-worker-version = Version
ops-worker-running = En cours
ops-worker-up = Démarré depuis

ops-all-queues = Toutes les files
ops-pause = Mettre en pause
ops-resume = Reprendre
ops-paused-since = En pause depuis le
ops-paused-text = Plus rien de cette file n’est distribué. Ce qui est en cours se termine ; ce qui arrive attend.
ops-settings = Équité
ops-per-tenant = Tâches simultanées d’un établissement
ops-per-tenant-hint = { $most ->
    [0] De 1 à 100 000, pour chaque priorité. Vide : autant qu’il y en a.
   *[other] De 1 à 100 000, pour chaque priorité. Vide : { $most }.
}

ops-range = Période
ops-range-1h = Dernière heure
ops-range-24h = Dernières 24 heures
ops-range-7d = 7 derniers jours
ops-chart-throughput = Exécutions par issue
ops-chart-waited = Attente avant exécution
ops-chart-ran = Durée des exécutions
ops-chart-spark = Dernière heure
ops-chart-none = Rien n’a été exécuté
ops-figures = Chiffres
ops-from-utc = De (UTC)
ops-outcome-done = Faites
ops-outcome-dropped = Sans objet
ops-outcome-again = À réessayer
ops-outcome-dead = Abandonnées
ops-p50 = Moitié
ops-p95 = 95 %
ops-p99 = 99 %
ops-kinds = Par type
ops-kinds-none = Rien n’a été exécuté sur cette période
ops-kinds-none-text = Les exécutions sont comptées à la minute, quand elles se terminent.
ops-waited-head = Attente, 50 · 95 %
ops-ran-head = Durée, 50 · 95 %

ops-find = Rechercher
ops-find-hint = Identifiant, établissement, type ou erreur
ops-queue-head = File
ops-tenant = Établissement
ops-platform = La plateforme
ops-job = Tâche
ops-attempts = Échecs
ops-error = Erreur
ops-bulk = En masse
ops-states = État des tâches
ops-at = { $state ->
    [due] À faire depuis
    [leased] À faire depuis
    [scheduled] Prévue
   *[dead] Abandonnée
}
ops-ago = il y a { $span }
ops-in = dans { $span }
ops-chip-remove = retirer
ops-none = { $state ->
    [due] Rien n’attend
    [leased] Rien n’est en cours
    [scheduled] Rien n’est planifié
   *[dead] Rien n’est en échec
}
ops-none-text = { $state ->
    [due] Tout ce qui était à faire est en cours ou fait.
    [leased] Aucun processus n’a de tâche.
    [scheduled] Aucune tâche n’attend son heure.
   *[dead] Les tâches qui échouent trop souvent restent ici, pour être examinées et relancées.
}
ops-none-found = Aucune tâche ne correspond
ops-none-found-text = Cherchez dans un autre état, ou autre chose.
ops-none-here = Aucune parmi les 5 000 premières
ops-none-here-text = Une recherche en examine autant à la fois.
ops-look-further = Chercher plus loin

ops-back = Retour à la liste
ops-retry = Relancer
ops-run-now = Exécuter maintenant
ops-delete = Supprimer
ops-delete-title = Supprimer une tâche
ops-delete-text = Elle ne sera jamais exécutée, et il n’en restera qu’une ligne dans le journal d’audit.
ops-delete-do = Supprimer
ops-keep = Garder
ops-last-error = Dernière raison de l’échec
ops-progress = Avancement
ops-made = Créée
ops-leased-until = Confiée jusqu’à
ops-deliveries = Distributions
ops-dedup = Unique pour
ops-trace = Trace
ops-failures = Exécutions en échec
ops-failures-none = Aucune exécution n’a échoué.
ops-run = Exécution { $number }
ops-payload = Contenu
ops-gone = Cette tâche n’existe pas, ou plus
ops-gone-text = Une tâche faite ne laisse pas de trace ici. Les chiffres des exécutions sont sur la page de leur file.

ops-bulk-hint = Tout ce qui est en échec ici :
ops-retry-all = Tout relancer
ops-delete-all = Tout supprimer
ops-bulk-title = { $deed ->
    [retry] Tout relancer
   *[delete] Tout supprimer
}
ops-bulk-meant = { $count ->
    [one] tâche en échec
   *[other] tâches en échec
}
ops-bulk-text = { $deed ->
    [retry] Elles sont à faire tout de suite, avec toutes leurs tentatives devant elles. Ce qui échouera désormais n’en fait pas partie.
   *[delete] Elles ne seront jamais exécutées. Ce qui échouera désormais n’en fait pas partie.
}
ops-retry-all-do = Les relancer
ops-delete-all-do = Les supprimer

ops-flash-paused = La file est en pause.
ops-flash-resumed = La file reprend.
ops-flash-saved = C’est enregistré.
ops-flash-retried = La tâche est de nouveau à faire.
ops-flash-deleted = La tâche est supprimée.
ops-flash-retried-all = Elles sont de nouveau à faire.
ops-flash-deleted-all = Elles sont supprimées.
ops-flash-more = 100 000 sont faites. Recommencez pour les autres.
ops-flash-none = Il n’y en avait plus aucune.
ops-flash-running = Cette tâche est en cours. Attendez la fin de son exécution.
ops-flash-gone = Cette tâche est faite, ou a été supprimée.
ops-flash-changed = Cette tâche a changé depuis que vous l’avez vue.

app-jobs = Activité
app-jobs-lead = Ce qu’Harmony fait pour vous derrière vos pages : e-mails, documents, rangement.
app-jobs-due = À faire
app-jobs-leased = En cours
app-jobs-scheduled = Prévues
app-jobs-failed = En échec
app-jobs-coming = En attente
app-jobs-next = la prochaine le { $date } à { $time }
app-jobs-retry = Réessayer
app-jobs-retried = Nouvelle tentative en cours.
app-jobs-none-failed = Tout s’est bien passé
app-jobs-none-failed-text = Ce qui n’aboutit pas après plusieurs tentatives est indiqué ici, et vous pouvez le relancer.
ops-nav-tenants = Entreprises
ops-nav-platform = Plateforme
ops-tenants-find = Nom ou adresse
ops-tenants-plan = Forfait
ops-tenants-any-plan = Tous les forfaits
ops-tenants-status = État
ops-tenants-any-status = Tous
ops-tenants-status-of = { $status ->
    [suspended] Suspendue
   *[active] Active
}
ops-tenants-members = Membres
ops-tenants-bookings = Réservations du mois
ops-tenants-since = Depuis
ops-tenants-none = Aucune entreprise ne correspond
ops-tenants-none-text = Essayez moins de mots, ou un autre forfait.
ops-tenant-page = Page publique
ops-tenant-jobs = Tâches
ops-tenant-owners = Propriétaires
ops-tenant-usage = Utilisé ce mois
ops-tenant-suspend = Suspendre
ops-tenant-suspend-text = Personne n’entre, les clés n’ouvrent rien, et personne ne peut réserver. Ce qui est réservé tient, et les clients peuvent encore annuler. Les propriétaires reçoivent la raison par e-mail.
ops-support-reason = Pourquoi vous agissez pour elle
ops-support = Agir pour cette entreprise
ops-support-text = Pendant une heure au plus, vous y faites le travail du jour et le catalogue ; ni l’équipe, ni les clés, ni les réglages, ni les exports, ni les effacements. Le journal dit ce que l’équipe de Harmony a fait, et les propriétaires reçoivent la raison par e-mail dès maintenant. Vous quittez la console pour cela.
ops-support-begin = Commencer
ops-support-ended = Vous n’agissez plus pour l’entreprise. Connectez-vous pour revenir à la console.
ops-tenant-reason = Raison
ops-tenant-suspended = L’entreprise est suspendue.
ops-tenant-suspended-since = Suspendue depuis le { $when }
ops-tenant-reinstate = Rétablir
ops-tenant-reinstated = L’entreprise est de retour.
