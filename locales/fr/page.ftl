page-skip = Aller au contenu
page-footer = Réservation en ligne par Harmony
page-call = Appeler

page-home-title = Choisissez une prestation
page-home-lead = Réservez en ligne en une minute, sans créer de compte.
page-home-empty = Aucune prestation n’est encore ouverte à la réservation. Revenez bientôt.
page-home-choose = Choisir un horaire
page-home-choose-named = Choisir un horaire pour { $service }

page-book-title = Choisissez un horaire
page-book-back = Toutes les prestations
page-book-previous = Jour précédent
page-book-next = Jour suivant
page-book-week = Jours de la semaine
page-book-date = Autre date
page-book-go = Afficher
page-book-times = Horaires
page-book-day = { $date }, { $count ->
    [0] complet
    [one] { $count } horaire
   *[other] { $count } horaires
}
page-book-part = { $part ->
    [morning] Matin
    [afternoon] Après-midi
   *[evening] Soirée
}
page-book-zone = Heures affichées : { $zone }
page-book-full = Il n’y a plus d’horaire ce jour-là.
page-book-soonest = Prochaine date libre : { $date }
page-book-nothing = Aucun horaire n’est libre dans les six prochaines semaines.
page-book-closed-title = Les réservations sont fermées pour le moment
page-book-closed = { $tenant } ne prend plus de rendez-vous en ligne ces jours-ci. Revenez bientôt ou prenez contact directement.
page-book-you = Vos coordonnées
page-book-name = Prénom et nom
page-book-email = Adresse e-mail
page-book-email-hint = Vous y recevrez la confirmation et le lien pour annuler.
page-book-phone = Téléphone
page-book-note = Votre message
page-book-optional = facultatif
page-book-submit = Réserver
page-book-summary = Votre rendez-vous
page-weekday = { $day ->
    [1] lun.
    [2] mar.
    [3] mer.
    [4] jeu.
    [5] ven.
    [6] sam.
   *[7] dim.
}

page-errors = { $count ->
    [one] Il reste un point à corriger
   *[other] Il reste { $count } points à corriger
}
page-error = { $field ->
    [start] Choisissez un horaire.
    [name] Indiquez votre nom, en 255 caractères au plus.
    [email] Indiquez une adresse e-mail complète, comme camille@exemple.fr.
    [phone] Indiquez un numéro de téléphone complet, comme 06 12 34 56 78.
    [note] Raccourcissez votre message : 2 000 caractères au plus.
   *[other] Une des valeurs n’est pas valable.
}
page-gone-title = Cet horaire vient d’être pris
page-gone = Choisissez-en un autre : ce que vous avez écrit est conservé.

page-status = { $status ->
    [pending] En attente
    [confirmed] Confirmé
    [completed] Terminé
    [no_show] Absence
   *[cancelled] Annulé
}
page-manage-title = { $status ->
    [pending] Votre demande est enregistrée
    [confirmed] Votre rendez‑vous est confirmé
    [completed] Ce rendez‑vous a eu lieu
    [no_show] Ce rendez‑vous est passé
   *[cancelled] Votre rendez‑vous est annulé
}
page-manage-lead = { $status ->
    [pending] { $tenant } doit encore l’accepter. Vous serez prévenu par e-mail.
    [confirmed] { $tenant } se réjouit de vous accueillir. Gardez cette page : elle permet d’annuler.
    [completed] Merci de votre visite chez { $tenant }.
    [no_show] { $tenant } vous attendait.
   *[cancelled] Le créneau est libéré. Vous n’avez rien d’autre à faire.
}
page-manage-cancel = Annuler ce rendez-vous
page-manage-cancel-lead = Le créneau sera rendu à { $tenant }. C’est définitif.
page-manage-reason = Motif
page-manage-confirm = Confirmer l’annulation
page-manage-again = Prendre un autre rendez-vous

page-verify-title = Confirmez votre adresse e-mail
page-verify-lead = Un clic suffit, et votre espace peut recevoir ses premières réservations.
page-verify-button = Confirmer mon adresse
page-verify-done-title = Votre adresse est confirmée
page-verify-done = Merci. Vous pouvez fermer cette page.


page-welcome-title = Les rendez-vous, sans le va-et-vient
page-welcome-lead = Harmony tient l’agenda de celles et ceux qui reçoivent : réservation en ligne à toute heure, confirmations par e-mail, récapitulatifs en PDF.
page-welcome-customer = Vous avez un rendez-vous ?
page-welcome-customer-lead = Ouvrez le lien reçu dans votre e-mail de confirmation pour le voir ou l’annuler.
page-welcome-developer = Vous développez ?
page-welcome-docs = Documentation de l’API
page-welcome-outbox = Boîte d’envoi de développement
