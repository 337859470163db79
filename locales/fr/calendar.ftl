calendar-status = { $status ->
    [pending] À confirmer
    [confirmed] Confirmée
    [completed] Terminée
    [no_show] Absence
    [held] Acompte attendu
    [expired] Expirée
   *[cancelled] Annulée
}
calendar-status-head = Statut
calendar-today = Aujourd’hui
calendar-previous = Jour précédent
calendar-next = Jour suivant
calendar-jump = Aller à la date
calendar-bookings = Réservations
calendar-booked = Réservé
calendar-pending = À confirmer
calendar-deposits = Acomptes
calendar-occupancy = Occupation
calendar-legend = Couleurs
calendar-load = { $percent } réservé
calendar-off = Ne travaille pas
calendar-break = Pause
calendar-starts = Commence à { $time }
calendar-closed = Fermé
calendar-nobody = Personne n’est encore réservable
calendar-nobody-text = Ajoutez quelqu’un à votre équipe : sa journée s’affichera ici.
calendar-has-note = Avec une note
calendar-confirm = Confirmer
calendar-complete = Marquer comme terminée
calendar-miss = Absence
calendar-waive = Renoncer aux frais
calendar-move = Déplacer
calendar-cancel = Annuler
calendar-deposit = Acompte
calendar-call = Appeler
calendar-mail = E-mail
calendar-profile = Fiche
calendar-details = Détails de la réservation
calendar-open = Ouvrir la réservation
calendar-when = Quand
calendar-with = Avec
calendar-room = Salle
calendar-assigned = { $how ->
    [only_one] Seule personne libre.
    [along] Assure aussi la prestation précédente.
    [session] Anime déjà cette séance.
   *[everybody] Toute l’équipe ensemble.
}
calendar-assigned-least = Choix parmi { $free } personnes libres : { $minutes ->
    [0] rien de réservé ce jour-là.
   *[other] { $minutes } minutes réservées ce jour-là.
}
calendar-assigned-weight = Part : { $weight } %.
calendar-note = Note du client
calendar-internal-note = Note interne
calendar-internal-note-label = Votre note
calendar-internal-note-hint = Seule votre équipe la voit.
calendar-no-note = Pas encore de note.
calendar-reason = Motif
calendar-reason-hint = Le client le lira dans le message qui l’informe.
calendar-customer = Client
calendar-service = Prestation
calendar-price = Prix
calendar-address = Adresse
calendar-address-hint = Où venir : la prestation a lieu chez le client.
calendar-email = Adresse e-mail
calendar-phone = Téléphone
calendar-name = Nom complet
calendar-visits = { $count ->
    [one] Première réservation
   *[other] { $count } réservations
}
calendar-actions = Que faire
calendar-manage = Lien pour le client
calendar-manage-text = Qui possède ce lien peut voir, déplacer et annuler la réservation.
calendar-manage-copy = Copier le lien
calendar-history = Historique
calendar-did = { $action ->
    [create] Réservée
    [confirm] Confirmée
    [reschedule] Déplacée
    [resize] Durée modifiée
    [cancel] Annulée
    [complete] Marquée comme terminée
    [miss] Marquée comme absence
    [waive_fee] Frais abandonnés
    [accept] Créneau proposé accepté
    [pay_deposit] Acompte réglé
    [expire] Acompte non réglé à temps
   *[update] Note modifiée
}
calendar-was = Auparavant : { $at }
calendar-actor = { $actor ->
    [customer] le client
    [user] un ancien membre de l’équipe
    [operator] la plateforme
   *[system] automatiquement
}
calendar-save = Enregistrer
calendar-edit = Modifier
calendar-cancel-title = Annuler cette réservation ?
calendar-cancel-text = L’horaire se libère aussitôt et le client est prévenu par e-mail.
calendar-cancel-do = Annuler la réservation
calendar-keep = La conserver
calendar-charge = Demander les frais de { $fee }
calendar-charge-hint = À ne pas cocher quand c’est vous qui annulez.
calendar-move-title = Déplacer cette réservation
calendar-now-at = actuellement
calendar-reason-team = Pour l’équipe, dans l’historique : le client ne le voit pas.
calendar-move-told = Le client est informé du nouvel horaire par e-mail.
calendar-move-do = Déplacer la réservation
calendar-date = Date
calendar-time = Heure
calendar-show-times = Voir les horaires
calendar-no-times = Aucun horaire libre ce jour-là. Choisissez un autre jour ou une autre personne.
calendar-alternatives = Ces horaires sont libres
calendar-what = Quoi et quand
calendar-anybody = La première personne libre
calendar-outside = En dehors des horaires d’ouverture
calendar-outside-text = Quels que soient les horaires, pour une personne choisie, tant que rien d’autre n’est réservé.
calendar-outside-do = Réserver à cette heure
calendar-find = Rechercher
calendar-find-hint = Nom, e-mail, téléphone ou code
calendar-find-customer = Trouver un client
calendar-find-customer-hint = Nom, e-mail ou téléphone
calendar-customer-unknown = Personne n’est connu ainsi.
calendar-customer-new = Nouveau client
calendar-customer-new-text = Quelqu’un qui n’a jamais réservé
calendar-customer-edit = Modifier le client
calendar-more = Et aussi
calendar-notify = Envoyer une confirmation par e-mail
calendar-book = Réserver
calendar-no-services = Il n’y a encore rien à réserver
calendar-no-services-text = Ajoutez votre première prestation, puis réservez.
calendar-period = Période
calendar-period-of = { $period ->
    [today] Aujourd’hui
    [week] 7 prochains jours
    [past] Passées
    [all] Toutes
   *[upcoming] À partir d’aujourd’hui
}
calendar-any-status = Tous les statuts
calendar-any-staff = Tout le monde
calendar-filter = Filtrer
calendar-none-found = Aucune réservation ne correspond
calendar-none-found-text = Essayez moins de mots, ou le début d’un mot.
calendar-show-all = Tout afficher
calendar-none = Aucune réservation ici
calendar-none-text = Partagez votre page : les réservations arriveront ici d’elles-mêmes.
calendar-none-yet = Pas encore de réservation
calendar-latest-only = Seules les plus récentes sont affichées.
calendar-no-customers = Pas encore de clients
calendar-no-customers-text = Qui réserve s’affiche ici. Vous pouvez aussi inscrire quelqu’un vous-même.
calendar-language = { $locale ->
    [fr] Messages en français
   *[en] Messages en anglais
}
calendar-language-label = Langue des messages
calendar-language-hint = Confirmations et changements sont rédigés dans cette langue.
calendar-search = Recherche
calendar-search-hint = Tapez le début d’un nom, d’une adresse e-mail, d’un numéro de téléphone ou d’un code de réservation.
calendar-nothing = Rien n’a été trouvé
calendar-nothing-text = Les mots sont cherchés par leur début.
calendar-flash-confirmed = La réservation est confirmée. Le client est prévenu.
calendar-flash-completed = Marquée comme terminée.
calendar-flash-missed = Marquée comme absence.
calendar-flash-waived = Les frais ne sont plus demandés.
calendar-flash-noted = La note est enregistrée.
calendar-flash-cancelled = La réservation est annulée et son horaire est de nouveau libre.
calendar-flash-booked = Réservé.
calendar-flash-moved = Déplacée. Le client est informé du nouvel horaire.
calendar-flash-customer = Le client est enregistré.

calendar-export = Exporter
calendar-export-title = Export des clients
calendar-export-text = Tous vos clients dans un fichier pour votre tableur : noms, adresses, téléphones, notes. Il se télécharge pendant une semaine, puis il est supprimé.
calendar-export-do = Préparer le fichier
calendar-export-again = Le préparer à nouveau
calendar-export-under-way = Le fichier est en préparation
calendar-export-waits = Le fichier sera préparé dans un instant.
calendar-export-failed = Le fichier n’a pas pu être préparé. Essayez une fois encore ; si l’échec se répète, écrivez-nous.
calendar-export-made = { $date }, { $time }, { $size }
calendar-export-file = clients.csv
calendar-export-back = Tous les clients
calendar-export-download = Télécharger
calendar-seats = { $count ->
    [one] { $count } place prise
   *[other] { $count } places prises
}
calendar-seats-of = { $taken } places sur { $capacity }
calendar-seats-wanted = Places
calendar-seats-hint = { $capacity } au plus.
calendar-group = Participent aussi
calendar-group-alone = Personne d’autre pour le moment.
calendar-group-add = Ajouter un participant
calendar-deposit-paid = Acompte réglé
calendar-held-until = Le créneau est retenu jusqu’à { $time }, le temps de régler l’acompte.

calendar-feed-busy = Occupé

calendar-waitlist = Liste d’attente
calendar-waitlist-add = Ajouter quelqu’un
calendar-waitlist-text = Quand un créneau se libère, il est proposé par e-mail à la première personne à qui il convient : elle a deux heures pour répondre, la nuit jusqu’à dix heures. Puis vient le tour de la suivante.
calendar-waitlist-offered = Un créneau leur est gardé
calendar-waitlist-waiting = Dans l’ordre
calendar-waitlist-empty = Personne n’attend
calendar-waitlist-empty-text = Les clients qui ne trouvent pas de créneau rejoignent la liste depuis votre page de réservation.
calendar-waitlist-since = Depuis
calendar-waitlist-booking = Le créneau
calendar-waitlist-leave = Retirer { $name } de la liste
calendar-flash-waitlist-left = Retiré de la liste d’attente.
calendar-views = Vues
calendar-view = { $view ->
    [week] Semaine
    [month] Mois
    [list] Liste
   *[day] Jour
}
calendar-earlier = { $view ->
    [week] Semaine précédente
    [month] Mois précédent
    [list] Sept jours avant
   *[day] Jour précédent
}
calendar-later = { $view ->
    [week] Semaine suivante
    [month] Mois suivant
    [list] Sept jours après
   *[day] Jour suivant
}
calendar-whose = Agenda de qui
calendar-everybody = Toute l’équipe
calendar-week-of = La semaine de { $name }
calendar-week-grid = La semaine, par membre de l’équipe
calendar-count = { $count ->
    [one] { $count } réservation
   *[other] { $count } réservations
}
calendar-and-more = + { $count } de plus
calendar-new-for = Nouvelle réservation pour { $name }, { $date }
calendar-cut = Il y a plus de réservations qu’on ne peut en montrer. Choisissez une période plus courte ou une personne.
calendar-empty-day = Rien de réservé.
calendar-arranged = { $name } : { $from } – { $to }, { $staff }. Le client est informé.
calendar-put-back = { $name } : de nouveau { $from } – { $to }, { $staff }.
calendar-undo = Annuler
calendar-by-form = Ouvrir le formulaire
calendar-refused = { $code ->
    [SLOT_UNAVAILABLE] Cet horaire est pris. La réservation reste à sa place.
    [OUTSIDE_HOURS] Personne ne travaille à ce moment. La réservation reste à sa place.
    [GROUP_SESSION_FIXED] Une séance de groupe garde son horaire. Déplacez ses participants un par un.
    [BOOKING_NOT_MOVABLE] Cette réservation ne peut plus être déplacée.
    [VERSION_MISMATCH] Quelqu’un a modifié cette réservation entre-temps. Regardez-la à nouveau.
    [STAFF] Cette personne ne propose pas cette prestation. La réservation reste à sa place.
    [DURATION] Une réservation dure de 5 minutes à 24 heures.
    [TOO_MANY_REQUESTS] Trop de changements à la fois. Attendez un instant.
   *[other] Le changement n’a pas pu être enregistré. La réservation reste à sa place.
}
calendar-minutes = Durée en minutes
calendar-minutes-hint = Le prix reste celui de la réservation.
calendar-outside-move = Quels que soient les horaires et le délai, tant que rien d’autre n’est réservé.
calendar-outside-move-do = Déplacer à cette heure
calendar-messages = Messages au client
calendar-message = { $kind ->
    [booking_confirmation] Confirmation
    [booking_cancellation] Annulation
    [booking_reschedule] Nouvel horaire
    [booking_reminder] Rappel
    [waitlist_offer] Créneau libéré
    [series_confirmation] Confirmation de la série
   *[other] Message
}
calendar-message-status = { $status ->
    [sent] Envoyé
    [sending] En cours d’envoi
    [failed] Non distribué
   *[suppressed] Retenu
}
calendar-visit = Une seule visite
calendar-cancel-scope = Ce qui est annulé
calendar-cancel-visit = Toute la visite : { $count } prestations
calendar-cancel-service = Seulement { $service }
calendar-cancel-this = Ce rendez-vous seulement
calendar-cancel-later = Celui-ci et tous les suivants de la série
calendar-then = Puis
calendar-then-nothing = Rien de plus
calendar-repeat = Répéter
calendar-repeat-every = À quel rythme
calendar-repeat-never = Une fois
calendar-repeat-weeks = { $weeks ->
    [1] Chaque semaine
   *[other] Toutes les { $weeks } semaines
}
calendar-repeat-times = Rendez-vous en tout
calendar-series-taken = Certains de ces horaires sont pris
calendar-series-free = Libre
calendar-series-busy = Pris
calendar-series-shift = Les déplacer à l’horaire libre le plus proche
calendar-series-skip = Les laisser de côté
calendar-questions = Questions
calendar-questions-text = Ce que vous ignorez peut rester vide.
calendar-move-visit = Toute la visite est déplacée ; chacun garde ce qu’il fait.
calendar-move-service = Déplacer seulement { $service }
calendar-move-whole = Déplacer toute la visite
calendar-charge-service = Pour toute la visite ; pour { $service } seulement, { $fee }.
